"""Uses endpoints and transform jobs of the local service: hosting.py IMAGE; prints the observations as JSON."""

import io
import json
import sys
import tarfile
import threading
import time

import operations
import pandas
from botocore.config import Config
from botocore.exceptions import ClientError

image = sys.argv[1]
boto3 = operations.session()
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime", config=Config(retries={"max_attempts": 1}))
s3 = boto3.client("s3")
role = "arn:aws:iam::000000000000:role/any"
bucket = "hosting"
s3.create_bucket(Bucket=bucket)
seen = {}


def error(call):
    try:
        call()
    except ClientError as failure:
        return failure.response["Error"]["Code"]
    return None


def archive(name):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        member = tarfile.TarInfo("name")
        member.size = len(name)
        tar.addfile(member, io.BytesIO(name.encode()))
    return content.getvalue()


def container(prefix="", **more):
    return {"Image": image, "Environment": {"PREFIX": prefix}, **more}


def host(name, model, variant=None, **config):
    sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, **model)
    variant = {"VariantName": "main", "ModelName": name, **(variant or {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1})}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant], **config)
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    wait(name)


def wait(name):
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})


def invoke(name, body, **more):
    return runtime.invoke_endpoint(EndpointName=name, Body=body, **more)["Body"].read().decode()


def failure(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response.get("OriginalStatusCode"), error.response.get("OriginalMessage"), error.response.get("LogStreamArn")]


# One container, and its errors
host("single", {"PrimaryContainer": container()})
seen["model error"] = failure(lambda: invoke("single", "status 418"))
stream = runtime.invoke_endpoint_with_response_stream(EndpointName="single", Body="stream")
seen["stream"] = [stream["ContentType"], b"".join(event["PayloadPart"]["Bytes"] for event in stream["Body"]).decode()]
seen["too large"] = error(lambda: invoke("single", b"x" * (25 * 1024 * 1024 + 1)))
seen["large"] = len(invoke("single", b"x" * (20 * 1024 * 1024)))
seen["no variant"] = error(lambda: invoke("single", "x", TargetVariant="none"))
seen["no models"] = error(lambda: invoke("single", "x", TargetModel="a.tar.gz"))
seen["not asynchronous"] = error(lambda: runtime.invoke_endpoint_async(EndpointName="single", InputLocation=f"s3://{bucket}/input"))

# Weights
sagemaker.create_endpoint_config(
    EndpointConfigName="weights",
    ProductionVariants=[{"VariantName": name, "ModelName": "single", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "InitialVariantWeight": weight} for name, weight in [("a", 1), ("b", 0)]],
)
sagemaker.create_endpoint(EndpointName="weights", EndpointConfigName="weights")
wait("weights")
variants = lambda: {runtime.invoke_endpoint(EndpointName="weights", Body="x")["InvokedProductionVariant"] for _ in range(8)}
seen["weights"] = [sorted(variants())]
sagemaker.update_endpoint_weights_and_capacities(EndpointName="weights", DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredWeight": 0}, {"VariantName": "b", "DesiredWeight": 2}])
seen["weights"].append(sorted(variants()))
sagemaker.update_endpoint(EndpointName="weights", EndpointConfigName="weights", RetainAllVariantProperties=True)
wait("weights")
seen["weights"].append(sorted(variants()))
sagemaker.update_endpoint(EndpointName="weights", EndpointConfigName="weights")
wait("weights")
seen["weights"].append(sorted(variants()))
sagemaker.delete_endpoint(EndpointName="weights")

# Model data that is not an archive
for key, content in [("folder/one", b"1"), ("folder/deep/two", b"2"), ("more/three", b"3")]:
    s3.put_object(Bucket=bucket, Key=key, Body=content)
source = lambda key: {"S3DataSource": {"S3Uri": f"s3://{bucket}/{key}", "S3DataType": "S3Prefix", "CompressionType": "None"}}
host("folder", {"PrimaryContainer": {"Image": image, "ModelDataSource": source("folder/"), "AdditionalModelDataSources": [{"ChannelName": "more", **source("more/")}]}})
seen["folder"] = invoke("folder", "ls")

# Several containers
parts = [container("b", ContainerHostname="second"), container("a", ContainerHostname="first")]
host("pipeline", {"Containers": parts})
seen["pipeline"] = invoke("pipeline", "x")
seen["target container of a pipeline"] = error(lambda: invoke("pipeline", "x", TargetContainerHostname="first"))
host("direct", {"Containers": parts, "InferenceExecutionConfig": {"Mode": "Direct"}})
seen["direct"] = [invoke("direct", "x", TargetContainerHostname=name) for name in ["first", "second"]]
seen["no target container"] = error(lambda: invoke("direct", "x"))

# Multi-model
for name in ["one", "two"]:
    s3.put_object(Bucket=bucket, Key=f"models/{name}.tar.gz", Body=archive(name))
host("many", {"PrimaryContainer": {"Image": image, "Mode": "MultiModel", "ModelDataUrl": f"s3://{bucket}/models/"}})
seen["multi-model"] = [invoke("many", "-x", TargetModel=f"{name}.tar.gz") for name in ["one", "two", "one", "one"]]
seen["no model"] = error(lambda: invoke("many", "x", TargetModel="three.tar.gz"))
seen["outside"] = error(lambda: invoke("many", "x", TargetModel="../../secret"))
seen["no target model"] = error(lambda: invoke("many", "x"))

# Serverless
host("serverless", {"PrimaryContainer": container()}, {"ServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 1}})
seen["serverless user"] = invoke("serverless", "whoami")
seen["serverless payload"] = error(lambda: invoke("serverless", b"x" * (4 * 1024 * 1024 + 1)))
errors = []
threads = [threading.Thread(target=lambda: errors.append(error(lambda: invoke("serverless", "slow")))) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
seen["serverless concurrency"] = sorted(str(code) for code in errors)

# Asynchronous
host(
    "async",
    {"PrimaryContainer": container("response to ")},
    AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": f"s3://{bucket}/responses", "S3FailurePath": f"s3://{bucket}/failures"}, "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 1}},
)


def invoke_async(key, body):
    s3.put_object(Bucket=bucket, Key=key, Body=body)
    return runtime.invoke_endpoint_async(EndpointName="async", InputLocation=f"s3://{bucket}/{key}", ContentType="text/csv")


def content(uri):
    key = uri.split("/", 3)[3]
    s3.get_waiter("object_exists").wait(Bucket=bucket, Key=key, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


first, second = invoke_async("inputs/1", "1"), invoke_async("inputs/2", "2")
seen["asynchronous"] = [content(response["OutputLocation"]) for response in [first, second]]
seen["asynchronous failure"] = "418" in content(invoke_async("inputs/3", "status 418")["FailureLocation"])
seen["synchronous invocation"] = error(lambda: invoke("async", "x"))

# Data capture
capture = {"DestinationS3Uri": f"s3://{bucket}/captured"}
options = {"InitialSamplingPercentage": 100, "CaptureOptions": [{"CaptureMode": "InputAndOutput"}], "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]}}
host("captured", {"PrimaryContainer": container("score ")}, DataCaptureConfig={**capture, **options})
for row in ["1,2", "3,4"]:
    invoke("captured", row, ContentType="text/csv", InferenceId=f"row-{row[0]}")

# Inference components
sagemaker.create_endpoint_config(EndpointConfigName="components", ExecutionRoleArn=role, ProductionVariants=[{"VariantName": "main", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}])
sagemaker.create_endpoint(EndpointName="components", EndpointConfigName="components")
wait("components")
component = {"InferenceComponentName": "component"}


def specification(prefix):
    return {"Container": container(prefix), "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 128}}


def settle():
    while sagemaker.describe_inference_component(**component)["InferenceComponentStatus"] not in ["InService", "Failed"]:
        time.sleep(0.1)


sagemaker.create_inference_component(**component, EndpointName="components", VariantName="main", Specification=specification("first "), RuntimeConfig={"CopyCount": 1})
settle()
seen["component"] = [invoke("components", "x", **component)]
sagemaker.update_inference_component(**component, Specification=specification("second "))
settle()
seen["component"].append(invoke("components", "x", **component))
sagemaker.update_inference_component_runtime_config(**component, DesiredRuntimeConfig={"CopyCount": 0})
settle()
seen["no copy"] = error(lambda: invoke("components", "x", **component))
seen["no component"] = error(lambda: invoke("components", "x"))
seen["components"] = [one["InferenceComponentName"] for one in sagemaker.list_inference_components(EndpointNameEquals="components")["InferenceComponents"]]
sagemaker.delete_inference_component(**component)
while sagemaker.list_inference_components()["InferenceComponents"]:
    time.sleep(0.1)
sagemaker.delete_endpoint(EndpointName="components")

# Transform jobs
s3.put_object(Bucket=bucket, Key="batch/rows.csv", Body=b"1,a\n2,b\n")
s3.put_object(Bucket=bucket, Key="json/rows.jsonl", Body=b'{"id":1,"x":5}\n{"id":2,"x":6}\n')


def transform(name, model="single", prefix="batch/", kind="text/csv", **more):
    sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName=model,
        TransformInput={"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"s3://{bucket}/{prefix}"}}, "ContentType": kind, "SplitType": "Line"},
        TransformOutput={"S3OutputPath": f"s3://{bucket}/{name}", "AssembleWith": "Line", "Accept": kind},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **more,
    )
    sagemaker.get_waiter("transform_job_completed_or_stopped").wait(TransformJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    [output] = s3.list_objects_v2(Bucket=bucket, Prefix=f"{name}/")["Contents"]
    return s3.get_object(Bucket=bucket, Key=output["Key"])["Body"].read().decode()


seen["filtered"] = transform("filtered", DataProcessing={"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"})
seen["joined"] = transform("joined", prefix="json/", kind="application/jsonlines", DataProcessing={"InputFilter": "$.x", "JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"})
seen["batch pipeline"] = transform("batch-pipeline", "pipeline", BatchStrategy="SingleRecord")
seen["batch multi-model"] = error(lambda: transform("no", "many"))

transform("manifests", DataCaptureConfig=capture)

for name in ["single", "folder", "pipeline", "direct", "many", "serverless", "async", "captured"]:
    sagemaker.delete_endpoint(EndpointName=name)
    sagemaker.get_waiter("endpoint_deleted").wait(EndpointName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
    sagemaker.delete_model(ModelName=name)


def objects(prefix):
    found = s3.list_objects_v2(Bucket=bucket, Prefix=f"captured/{prefix}/").get("Contents", [])
    return [io.BytesIO(s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()) for one in found]


while len(files := objects("captured/main")) == 0:
    time.sleep(0.1)
frame = pandas.concat(pandas.read_json(file, lines=True) for file in files)
seen["captured"] = [[capture["endpointInput"]["data"], capture["endpointOutput"]["data"], event["inferenceId"]] for capture, event in zip(frame["captureData"], frame["eventMetadata"])]
seen["manifests"] = [[json.load(file) for file in objects(direction)] for direction in ["input", "output"]]
seen["left"] = sagemaker.list_endpoints()["Endpoints"]
print(json.dumps({"seen": seen, "operations": sorted(operations.called)}, default=str))
