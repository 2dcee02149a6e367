"""Loads a model with the SageMaker inference toolkit, as its model server does: toolkit.py RECORD; prints the prediction.

The environment variables are those of the inference container, with SAGEMAKER_BASE_DIR instead of /opt/ml.
"""

import os
import subprocess
import sys

from sagemaker_inference import environment, model_server
from sagemaker_inference.default_handler_service import DefaultHandlerService


class Context:
    system_properties = {"model_dir": environment.model_dir, "gpu_id": None}
    manifest = {}


if os.environ.get("IS_WORKER") is None:
    # The server adds the folder of the script to the module path of its workers.
    model_server._set_python_path()
    worker = [sys.executable, __file__, *sys.argv[1:]]
    sys.exit(subprocess.run(worker, env={**os.environ, "IS_WORKER": "1"}).returncode)

context = Context()
service = DefaultHandlerService()
service.initialize(context)
transformer = service._service
print(
    transformer._run_handler_function(
        transformer._transform_fn, transformer._model, sys.argv[1], "text/csv", "text/csv"
    )
)
