"""Trains a model with version 3 of the SageMaker Python SDK: sdk_v3.py IMAGE; prints the observations as JSON in its last line."""

import json
import sys

import boto3
from sagemaker.core.helper.session_helper import Session
from sagemaker.train import ModelTrainer
from sagemaker.train.configs import Compute, InputData, OutputDataConfig

bucket = "sdk-v3"
boto3.client("s3").create_bucket(Bucket=bucket)
boto3.client("s3").put_object(Bucket=bucket, Key="train/a.csv", Body=b"1\n")
trainer = ModelTrainer(
    training_image=sys.argv[1],
    role="arn:aws:iam::000000000000:role/any",
    sagemaker_session=Session(boto3.Session(), default_bucket=bucket),
    base_job_name="sdk-v3",
    compute=Compute(instance_type="ml.m5.large", instance_count=1, volume_size_in_gb=1),
    output_data_config=OutputDataConfig(s3_output_path=f"s3://{bucket}/out"),
    hyperparameters={"way": "makes-model"},
)
trainer.train(input_data_config=[InputData(channel_name="train", data_source=f"s3://{bucket}/train/")], wait=True, logs=False)
job = boto3.client("sagemaker").list_training_jobs(NameContains="sdk-v3")["TrainingJobSummaries"][0]
described = boto3.client("sagemaker").describe_training_job(TrainingJobName=job["TrainingJobName"])
seen = {"status": described["TrainingJobStatus"], "hyperparameters": described["HyperParameters"]}
print(json.dumps({"seen": seen, "operations": []}))
