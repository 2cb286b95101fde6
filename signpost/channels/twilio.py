"""Text messages (SMS) and WhatsApp, by Twilio's Programmable Messaging."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import parse_qs

from sanic import response
from sanic.request import Request
from sanic.response import HTTPResponse
from twilio.request_validator import RequestValidator

from signpost.channels.pieces import pieces
from signpost.channels.platform import Platform, Received
from signpost.channels.reply import Replies, Reply
from signpost.channels.sending import Call
from signpost.channels.sms import gsm7, segments
from signpost.settings import settings

LONGEST = 1600  # characters of a message, on both
MOST_SEGMENTS = 3
ACCOUNT = "TWILIO_ACCOUNT_SID"
TOKEN = "TWILIO_AUTH_TOKEN"
WHATSAPP = "whatsapp:"


class Twilio(Platform):
    """`POST /webhooks/twilio/webhook`, for the numbers of an account. Choices are numbered: there are no buttons."""

    NAME = "twilio"
    SECRETS = (ACCOUNT, TOKEN)
    API = "https://api.twilio.com"
    # Twilio signs the address it calls, which a web server in front may change.
    NEEDS_PUBLIC_URL = True

    def __init__(self, secrets: Mapping[str, str], api: str = "") -> None:
        super().__init__(secrets, api)
        self._validator = RequestValidator(secrets[TOKEN])
        login = b64encode(f"{secrets[ACCOUNT]}:{secrets[TOKEN]}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}

    def is_genuine(self, request: Request) -> bool:
        query = f"?{request.query_string}" if request.query_string else ""
        url = f"{str(settings().public_url).rstrip('/')}{request.path}{query}"
        return bool(self._validator.validate(url, _form(request), request.headers["x-twilio-signature"]))

    def read(self, request: Request) -> list[Received]:
        form = _form(request)
        # Twilio has answered "STOP" itself, and lets nothing through to the person after it.
        if form.get("OptOutType") == "STOP":
            return []
        to = {"From": form["To"], "To": form["From"]}
        return [Received(form["From"], form.get("Body", ""), form["MessageSid"], to)]

    def calls(self, to: Mapping[str, str], reply: Reply, replies: Replies) -> list[Call]:
        texts = replies.shortened(reply)
        choices = replies.numbered(reply)
        with_choices = [f"{text}\n{choices}" if choices else text for text in texts]
        if to["To"].startswith(WHATSAPP):
            bodies = pieces(with_choices, LONGEST)
        else:
            # An answer goes without its choices rather than into one segment more; a question does not.
            bodies = _in_segments(with_choices, texts if reply.answers else [])
        path = f"/2010-04-01/Accounts/{self.secrets[ACCOUNT]}/Messages.json"
        return [Call(path, form={**to, "Body": body}, headers=self._headers) for body in bodies]

    def acknowledgement(self) -> HTTPResponse:
        return response.text('<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml")


def _in_segments(with_choices: list[str], without: list[str]) -> list[str]:
    """Returns the first form of a reply of which no message has too many segments, else the shortest."""
    shortest: list[str] = []
    for text in (*with_choices, *without[-1:]):
        parts = gsm7(text).split("\n\n")
        if all(segments(part) <= MOST_SEGMENTS for part in parts):
            return parts
        if not shortest or len(text) < len("\n\n".join(shortest)):
            shortest = parts
    return [piece for part in shortest for piece in pieces([part], LONGEST)]


def _form(request: Request) -> dict[str, str]:
    """Returns the fields of a request, the empty ones too: Twilio signs them."""
    return {name: values[0] for name, values in parse_qs(request.body.decode(), keep_blank_values=True).items()}
