"""Uses the local service with the SageMaker Python SDK: sdk.py IMAGE; prints the observations as JSON in its last line."""

import json
import os
import sys
import tempfile

# No telemetry leaves this machine.
config = tempfile.NamedTemporaryFile("w", suffix=".yaml")
config.write("SchemaVersion: '1.0'\nSageMaker:\n  PythonSDK:\n    Modules:\n      TelemetryOptOut: true\n")
config.flush()
os.environ["SAGEMAKER_USER_CONFIG_OVERRIDE"] = config.name

import boto3
import sagemaker
from sagemaker.algorithm import AlgorithmEstimator
from sagemaker.deserializers import CSVDeserializer
from sagemaker.predictor import Predictor
from sagemaker.serializers import CSVSerializer

image = sys.argv[1]
role = "arn:aws:iam::000000000000:role/any"
# The default bucket would require a call to STS at an endpoint that cannot be configured.
boto3.client("s3").create_bucket(Bucket="sdk")
session = sagemaker.Session(boto3.Session(), default_bucket="sdk")
seen = {}
client = boto3.client("sagemaker")
algorithm = client.create_algorithm(
    AlgorithmName="ByTheSdk",
    TrainingSpecification={
        "TrainingImage": image,
        "SupportedTrainingInstanceTypes": ["ml.m5.large"],
        "SupportedHyperParameters": [{"Name": "depth", "Type": "Integer", "DefaultValue": "3", "Range": {"IntegerParameterRangeSpecification": {"MinValue": "1", "MaxValue": "5"}}}],
        "TrainingChannels": [{"Name": "train", "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}],
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    InferenceSpecification={
        "Containers": [{"Image": image}],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
        "SupportedRealtimeInferenceInstanceTypes": ["ml.m5.large"],
        "SupportedTransformInstanceTypes": ["ml.m5.large"],
    },
)["AlgorithmArn"]
data = session.upload_string_as_file_body("1,2\n", session.default_bucket(), "train/a.csv")

estimator = AlgorithmEstimator(algorithm_arn=algorithm, role=role, instance_count=1, instance_type="ml.m5.large", sagemaker_session=session)
estimator.set_hyperparameters(depth=4)
estimator.fit({"train": data}, logs="All")
job = client.describe_training_job(TrainingJobName=estimator.latest_training_job.name)
seen["job"] = [job["TrainingJobStatus"], job["HyperParameters"]]
predictor = estimator.deploy(1, "ml.m5.large", serializer=CSVSerializer(), deserializer=CSVDeserializer(), wait=True)
seen["deployed"] = predictor.predict([[1, 2]])
other = Predictor(predictor.endpoint_name, sagemaker_session=session, serializer=CSVSerializer(), deserializer=CSVDeserializer())
seen["predictor"] = other.predict("3,4")
transformer = estimator.transformer(1, "ml.m5.large", strategy="SingleRecord", assemble_with="Line")
transformer.transform(data, content_type="text/csv", split_type="Line", wait=True, logs=False)
key = transformer.output_path.split("/", 3)[3] + "/a.csv.out"
seen["transformed"] = session.read_s3_file(session.default_bucket(), key)
predictor.delete_endpoint(delete_endpoint_config=True)
client.get_waiter("endpoint_deleted").wait(EndpointName=predictor.endpoint_name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
print(json.dumps({"seen": seen, "operations": []}))
