"""
Trains a model and hosts it with version 3 of the SageMaker Python SDK: sdk_v3.py IMAGE; prints the observations as JSON in a
line.
"""

import json
import sys

import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.serve import ModelBuilder
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, OutputDataConfig

image = sys.argv[1]
bucket = "sdk-v3"
role = "arn:aws:iam::000000000000:role/any"
session = Session(boto3.Session(), default_bucket=bucket)
sagemaker = boto3.client("sagemaker")
boto3.client("s3").create_bucket(Bucket=bucket)
boto3.client("s3").put_object(Bucket=bucket, Key="train/a.csv", Body=b"1\n")
trainer = ModelTrainer(
    training_image=image,
    role=role,
    sagemaker_session=session,
    base_job_name="sdk-v3",
    compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/out"),
    hyperparameters={"way": "makes-model"},
)
trainer.train(input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/train/")], wait=True, logs=False)
job = sagemaker.list_training_jobs(NameContains="sdk-v3")["TrainingJobSummaries"][0]
described = sagemaker.describe_training_job(TrainingJobName=job["TrainingJobName"])
seen = {"status": described["TrainingJobStatus"], "hyperparameters": described["HyperParameters"]}

artifact = described["ModelArtifacts"]["S3ModelArtifacts"]
builder = ModelBuilder(
    image_uri=image,
    s3_model_data_url=artifact,
    env_vars={"PREFIX": "sdk "},
    role_arn=role,
    sagemaker_session=session,
    instance_type="ml.m5.large",
)
model = builder.build(model_name="sdk-v3")
seen["model"] = [model.primary_container.image == image, model.primary_container.model_data_url == artifact]
endpoint = builder.deploy(endpoint_name="sdk-v3", instance_type="ml.m5.large", initial_instance_count=1)
seen["endpoint"] = endpoint.endpoint_status
seen["response"] = endpoint.invoke(body="1,2", content_type="text/csv").body.read().decode()
endpoint.delete()
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="sdk-v3", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
model.delete()
seen["left"] = [sagemaker.list_endpoints(NameContains="sdk-v3")["Endpoints"], sagemaker.list_models(NameContains="sdk-v3")["Models"]]
# The progress display of the SDK does not end its line.
print("\n" + json.dumps({"seen": seen, "operations": []}))
