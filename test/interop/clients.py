"""Uses the local service with boto3 and its waiters: clients.py IMAGE DATA; prints the observations as JSON."""

import io
import json
import sys
import tarfile
import time

import operations
from botocore.exceptions import ClientError

image, row = sys.argv[1:]
boto3 = operations.session()
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")
seen = {}


def error(call):
    try:
        call()
    except ClientError as failure:
        return failure.response["Error"]["Code"]
    return None


role = "arn:aws:iam::000000000000:role/any"
s3.create_bucket(Bucket="interop")
s3.upload_fileobj(io.BytesIO(b"1,2\n"), "interop", "train/a.csv")
seen["objects"] = [item["Key"] for item in s3.list_objects_v2(Bucket="interop")["Contents"]]

sagemaker.create_algorithm(
    AlgorithmName="Interop",
    TrainingSpecification={
        "TrainingImage": image,
        "SupportedTrainingInstanceTypes": ["ml.m5.large"],
        "SupportedHyperParameters": [
            {"Name": "way", "Type": "FreeText", "DefaultValue": "makes-model"},
            {"Name": "depth", "Type": "Integer", "DefaultValue": "3", "Range": {"IntegerParameterRangeSpecification": {"MinValue": "1", "MaxValue": "5"}}},
        ],
        "TrainingChannels": [{"Name": "train", "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}],
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}],
    },
    Tags=[{"Key": "team", "Value": "fraud"}],
)
algorithm = sagemaker.describe_algorithm(AlgorithmName="Interop")
seen["algorithm"] = [algorithm["AlgorithmStatus"], sagemaker.list_tags(ResourceArn=algorithm["AlgorithmArn"])["Tags"]]
seen["algorithms"] = [item["AlgorithmName"] for item in sagemaker.list_algorithms()["AlgorithmSummaryList"]]


def train(name, **hyperparameters):
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=role,
        AlgorithmSpecification={"AlgorithmName": "Interop", "TrainingInputMode": "File"},
        HyperParameters=hyperparameters,
        InputDataConfig=[{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://interop/train/"}}}],
        OutputDataConfig={"S3OutputPath": "s3://interop/out"},
        ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )


def wait(name):
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    return sagemaker.describe_training_job(TrainingJobName=name)


train("good")
job = wait("good")
seen["job"] = [job["TrainingJobStatus"], job["HyperParameters"], {m["MetricName"]: m["Value"] for m in job["FinalMetricDataList"]}]
seen["taken"] = error(lambda: train("good"))
seen["hyperparameter"] = error(lambda: train("bad", depth="9"))
train("failing", way="fails")
try:
    wait("failing")
except Exception:
    pass
failing = sagemaker.describe_training_job(TrainingJobName="failing")
seen["failing"] = [failing["TrainingJobStatus"], failing["FailureReason"]]
train("stopped", way="waits")
while sagemaker.describe_training_job(TrainingJobName="stopped")["SecondaryStatus"] != "Training":
    time.sleep(0.1)
sagemaker.stop_training_job(TrainingJobName="stopped")
seen["stopped"] = wait("stopped")["TrainingJobStatus"]
pages = sagemaker.get_paginator("list_training_jobs").paginate(PaginationConfig={"PageSize": 1})
seen["jobs"] = [item["TrainingJobName"] for page in pages for item in page["TrainingJobSummaries"]]

model_data = job["ModelArtifacts"]["S3ModelArtifacts"]
body = s3.get_object(Bucket="interop", Key=model_data.split("/", 3)[3])["Body"].read()
seen["model"] = tarfile.open(fileobj=io.BytesIO(body)).getnames()

sagemaker.create_model_package_group(ModelPackageGroupName="interop")
version = sagemaker.create_model_package(
    ModelPackageGroupName="interop",
    InferenceSpecification={"Containers": [{"Image": image, "ModelDataUrl": model_data, "Environment": {"WAY": "responds"}}], "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]},
)["ModelPackageArn"]
sagemaker.update_model_package(ModelPackageArn=version, ModelApprovalStatus="Approved")
package = sagemaker.describe_model_package(ModelPackageName=version)
seen["package"] = [package["ModelPackageVersion"], package["ModelApprovalStatus"]]
seen["packages"] = len(sagemaker.list_model_packages(ModelPackageGroupName="interop")["ModelPackageSummaryList"])
seen["full group"] = error(lambda: sagemaker.delete_model_package_group(ModelPackageGroupName="interop"))

sagemaker.create_model(ModelName="interop", ExecutionRoleArn=role, PrimaryContainer={"ModelPackageName": version})
sagemaker.create_endpoint_config(
    EndpointConfigName="interop",
    ProductionVariants=[{"VariantName": name, "ModelName": "interop", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "InitialVariantWeight": weight} for name, weight in [("a", 1), ("b", 0)]],
)
sagemaker.create_endpoint(EndpointName="interop", EndpointConfigName="interop")
sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="interop", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
response = runtime.invoke_endpoint(EndpointName="interop", Body=row, ContentType="text/csv")
seen["response"] = [response["Body"].read().decode(), response["InvokedProductionVariant"]]
target = runtime.invoke_endpoint(EndpointName="interop", Body=row, TargetVariant="b")
seen["target"] = target["InvokedProductionVariant"]
seen["no endpoint"] = error(lambda: runtime.invoke_endpoint(EndpointName="none", Body=row))
sagemaker.delete_endpoint(EndpointName="interop")
sagemaker.get_waiter("endpoint_deleted").wait(EndpointName="interop", WaiterConfig={"Delay": 1, "MaxAttempts": 120})

s3.put_object(Bucket="interop", Key="batch/rows.csv", Body=b"1,2\n3,4\n5,6\n")


def transform(name, **more):
    sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName="interop",
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://interop/batch/"}}, "ContentType": "text/csv", "SplitType": "Line"},
        TransformOutput={"S3OutputPath": f"s3://interop/{name}", "AssembleWith": "Line"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **more,
    )


transform("scores", BatchStrategy="SingleRecord", MaxConcurrentTransforms=2)
sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName="scores", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
seen["transform"] = [
    sagemaker.describe_transform_job(TransformJobName="scores")["TransformJobStatus"],
    s3.get_object(Bucket="interop", Key="scores/rows.csv.out")["Body"].read().decode(),
]
sagemaker.create_transform_job(
    TransformJobName="ended",
    ModelName="interop",
    TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://interop/batch/"}}},
    TransformOutput={"S3OutputPath": "s3://interop/ended"},
    TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
)
sagemaker.stop_transform_job(TransformJobName="ended")
sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName="ended", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
seen["transform jobs"] = [[item["TransformJobName"], item["TransformJobStatus"]] for item in sagemaker.list_transform_jobs()["TransformJobSummaries"]]


def process(name, *command):
    location = lambda directory: {"S3Uri": f"s3://interop/{directory}", "LocalPath": f"/opt/ml/processing/{directory}"}
    sagemaker.create_processing_job(
        ProcessingJobName=name,
        RoleArn=role,
        AppSpecification={"ImageUri": image, "ContainerEntrypoint": ["sh", "-c"], "ContainerArguments": list(command)},
        ProcessingInputs=[{"InputName": "rows", "S3Input": {**location("batch"), "S3DataType": "S3Prefix", "S3InputMode": "File"}}],
        ProcessingOutputConfig={"Outputs": [{"OutputName": "report", "S3Output": {**location("report"), "S3UploadMode": "EndOfJob"}}]},
        ProcessingResources={"ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}},
    )


def processed(name):
    sagemaker.get_waiter("processing_job_completed_or_stopped").wait(ProcessingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    return sagemaker.describe_processing_job(ProcessingJobName=name)["ProcessingJobStatus"]


process("counts", "wc -l </opt/ml/processing/batch/rows.csv >/opt/ml/processing/report/lines")
seen["processing"] = [processed("counts"), s3.get_object(Bucket="interop", Key="report/lines")["Body"].read().decode()]
process("endless", "sleep 3600")
sagemaker.stop_processing_job(ProcessingJobName="endless")
seen["processing jobs"] = [processed("endless"), [item["ProcessingJobName"] for item in sagemaker.list_processing_jobs()["ProcessingJobSummaries"]]]
model = sagemaker.describe_model(ModelName="interop")
sagemaker.add_tags(ResourceArn=model["ModelArn"], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
sagemaker.delete_tags(ResourceArn=model["ModelArn"], TagKeys=["a"])
seen["tags"] = sagemaker.list_tags(ResourceArn=model["ModelArn"])["Tags"]
seen["described"] = [
    sagemaker.describe_model_package_group(ModelPackageGroupName="interop")["ModelPackageGroupStatus"],
    len(sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]),
    [variant["VariantName"] for variant in sagemaker.describe_endpoint_config(EndpointConfigName="interop")["ProductionVariants"]],
    [item["EndpointConfigName"] for item in sagemaker.list_endpoint_configs()["EndpointConfigs"]],
]
sagemaker.delete_endpoint_config(EndpointConfigName="interop")
sagemaker.delete_model(ModelName="interop")
sagemaker.delete_model_package(ModelPackageName=version)
sagemaker.delete_model_package_group(ModelPackageGroupName="interop")
sagemaker.delete_algorithm(AlgorithmName="Interop")
seen["gone"] = [sagemaker.list_models()["Models"], sagemaker.list_endpoints()["Endpoints"], sagemaker.list_algorithms()["AlgorithmSummaryList"]]

logs = boto3.client("logs").filter_log_events(logGroupName="/aws/sagemaker/TrainingJobs", logStreamNamePrefix="good/")
seen["logs"] = [event["message"] for event in logs["events"]]
print(json.dumps({"seen": seen, "operations": sorted(operations.called)}, default=str))
