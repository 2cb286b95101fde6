import os

# onnxruntime (since 1.29) sends usage reports to Microsoft and keeps an id of the machine below the home folder, unless
# this stands in the environment before it is loaded. https://github.com/microsoft/onnxruntime/pull/27379
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
