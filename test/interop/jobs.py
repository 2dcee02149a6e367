"""Runs training jobs, tuning jobs and validation in the local service: jobs.py IMAGE STATE BYOA...; prints the observations as JSON."""

import gzip
import io
import json
import struct
import subprocess
import sys
import tarfile
import time

import operations
from botocore.exceptions import ClientError

image, state, *byoa = sys.argv[1:]
local = lambda *words: subprocess.run([*byoa, "local", words[0], "--directory", state, *words[1:]], capture_output=True, text=True)
boto3 = operations.session()
sagemaker = boto3.client("sagemaker")
s3 = boto3.client("s3")
role = "arn:aws:iam::000000000000:role/any"
seen = {}
bucket = "jobs"
s3.create_bucket(Bucket=bucket)
put = lambda key, body: s3.put_object(Bucket=bucket, Key=key, Body=body)
put("train/a.csv", b"a\n")
put("train/deep/b.csv", b"b\n")
put("zipped/a.gz", gzip.compress(b"zipped"))
put("manifest.json", json.dumps([{"prefix": f"s3://{bucket}/train/"}, "deep/b.csv"]))
put("augmented.jsonl", "\n".join(json.dumps({"source-ref": f"s3://{bucket}/train/{key}", "label": label}) for key, label in [("a.csv", 1), ("deep/b.csv", 2)]))


def source(uri="train/", kind="S3Prefix", **more):
    return {"DataSource": {"S3DataSource": {"S3DataType": kind, "S3Uri": f"s3://{bucket}/{uri}", **more}}}


def train(name, way="makes-model", channel=None, count=1, mode="File", resources=None, **more):
    sagemaker.create_training_job(
        TrainingJobName=name,
        RoleArn=role,
        AlgorithmSpecification={"TrainingImage": image, "TrainingInputMode": mode},
        HyperParameters={"way": way},
        InputDataConfig=[{"ChannelName": "train", **(channel or source())}],
        OutputDataConfig={"S3OutputPath": f"s3://{bucket}/out", **more.pop("Output", {})},
        ResourceConfig=resources or {"InstanceType": "ml.m5.large", "InstanceCount": count, "VolumeSizeInGB": 1},
        StoppingCondition=more.pop("Stopping", {"MaxRuntimeInSeconds": 600}),
        **more,
    )


def model_of(name):
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    body = s3.get_object(Bucket=bucket, Key=f"out/{name}/output/model.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def text(files):
    return {name: content.decode() for name, content in files.items() if not name.startswith("host-")}


def code(call):
    try:
        call()
    except ClientError as failure:
        return failure.response["Error"]["Code"]
    return None


# Input modes and distribution
train("piped", "pipes", mode="Pipe")
train("zipped", "pipes", {**source("zipped/"), "CompressionType": "Gzip", "InputMode": "Pipe"})
train("records", "pipes", {**source("augmented.jsonl", "AugmentedManifestFile", AttributeNames=["source-ref", "label"]), "InputMode": "Pipe", "RecordWrapperType": "RecordIO"})
train("listed", channel=source("manifest.json", "ManifestFile"))
train("divided", channel=source(S3DataDistributionType="ShardedByS3Key"), count=2)
seen["piped"] = text(model_of("piped"))
seen["zipped"] = text(model_of("zipped"))
seen["listed"] = text(model_of("listed"))
divided = model_of("divided")
seen["divided"] = text(divided)
seen["hosts"] = sorted(json.loads(content)["current_host"] for name, content in divided.items() if name.startswith("host-"))


def unwrapped(content):
    while content:
        magic, length = struct.unpack("<II", content[:8])
        assert magic == 0xCED7230A
        yield content[8 : 8 + length].decode()
        content = content[8 + (length + 3) // 4 * 4 :]


seen["records"] = list(unwrapped(model_of("records")["first"]))
seen["gzip in files"] = code(lambda: train("bad", channel={**source("zipped/"), "CompressionType": "Gzip"}))
seen["no manifest"] = code(lambda: train("bad", channel=source("none.json", "ManifestFile")))
seen["no file system"] = code(lambda: train("bad", channel={"DataSource": {"FileSystemDataSource": {"FileSystemId": "fs-00000000", "FileSystemType": "EFS", "FileSystemAccessMode": "ro", "DirectoryPath": "/"}}}))
groups = [{"InstanceGroupName": name, "InstanceType": kind, "InstanceCount": 1} for name, kind in [("cpu", "ml.m5.large"), ("gpu", "ml.g5.xlarge")]]
train("groups", channel=source(InstanceGroupNames=["gpu"]), resources={"InstanceGroups": groups, "VolumeSizeInGB": 1})
configs = [json.loads(content) for name, content in model_of("groups").items() if name.startswith("host-")]
seen["groups"] = {config["current_host"]: [config["current_group_name"], config["current_instance_type"]] for config in configs}

# Uncompressed output, and mounted directories
train("unpacked", Output={"CompressionType": "NONE"})
sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="unpacked", WaiterConfig={"Delay": 1, "MaxAttempts": 120})
seen["unpacked"] = [
    sagemaker.describe_training_job(TrainingJobName="unpacked")["ModelArtifacts"]["S3ModelArtifacts"],
    [item["Key"] for item in s3.list_objects_v2(Bucket=bucket, Prefix="out/unpacked/")["Contents"] if "host-" not in item["Key"]],
]
seen["mounted"] = [item["Key"] for item in s3.list_objects_v2(Bucket="mounted")["Contents"]]
seen["mounted is read only"] = code(lambda: s3.put_object(Bucket="mounted", Key="new", Body=b""))
train("file-system", channel={"DataSource": {"FileSystemDataSource": {"FileSystemId": "fs-12345678", "FileSystemType": "EFS", "FileSystemAccessMode": "ro", "DirectoryPath": "/"}}})
seen["file system"] = text(model_of("file-system"))

# Spot
spot = {"EnableManagedSpotTraining": True, "CheckpointConfig": {"S3Uri": f"s3://{bucket}/checkpoints"}, "Stopping": {"MaxRuntimeInSeconds": 600, "MaxWaitTimeInSeconds": 600}}
train("spot", "resumes", **spot)
while "step 1" not in local("logs", "spot").stdout:
    time.sleep(0.1)
interruption = local("interrupt-spot", "spot")
assert interruption.returncode == 0, interruption.stderr
seen["spot"] = [text(model_of("spot")), s3.get_object(Bucket=bucket, Key="checkpoints/step")["Body"].read().decode()]
seen["spot statuses"] = [item["Status"] for item in sagemaker.describe_training_job(TrainingJobName="spot")["SecondaryStatusTransitions"]]
seen["interrupt again"] = local("interrupt-spot", "spot").stderr

# Tuning
definition = {
    "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File", "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+)"}]},
    "RoleArn": role,
    "InputDataConfig": [{"ChannelName": "train", **source()}],
    "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/tuned"},
    "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
    "StoppingCondition": {"MaxRuntimeInSeconds": 600},
}


def tune(name, strategy, ranges, limits, way="tunes", **config):
    sagemaker.create_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name,
        HyperParameterTuningJobConfig={
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": limits,
            "ParameterRanges": ranges,
            **config,
        },
        TrainingJobDefinition={**definition, "StaticHyperParameters": {"way": way}},
    )


def tuned(name):
    while True:
        job = sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        if job["HyperParameterTuningJobStatus"] not in ["InProgress", "Stopping"]:
            return job
        time.sleep(0.2)


rates = {"CategoricalParameterRanges": [{"Name": "rate", "Values": ["0.3", "0.1", "0.2"]}]}
tune("grid", "Grid", rates, {"MaxParallelTrainingJobs": 2})
grid = tuned("grid")
trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="grid")["TrainingJobSummaries"]
seen["grid"] = [
    grid["HyperParameterTuningJobStatus"],
    grid["TrainingJobStatusCounters"]["Completed"],
    grid["BestTrainingJob"]["TunedHyperParameters"],
    round(grid["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"], 3),
    sorted(trial["TunedHyperParameters"]["rate"] for trial in trials),
]
best = sagemaker.describe_training_job(TrainingJobName=grid["BestTrainingJob"]["TrainingJobName"])
seen["trial"] = [best["HyperParameters"], best["TuningJobArn"] == grid["HyperParameterTuningJobArn"]]
tune("random", "Random", {"ContinuousParameterRanges": [{"Name": "rate", "MinValue": "0.5", "MaxValue": "0.6"}]}, {"MaxParallelTrainingJobs": 2, "MaxNumberOfTrainingJobs": 3})
random = tuned("random")
trials = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(HyperParameterTuningJobName="random")["TrainingJobSummaries"]
values = [float(trial["TunedHyperParameters"]["rate"]) for trial in trials]
seen["random"] = [random["HyperParameterTuningJobStatus"], len(set(values)), all(0.5 <= value <= 0.6 for value in values)]
seen["best is minimum"] = random["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] - min(values) < 1e-6
tune("target", "Grid", rates, {"MaxParallelTrainingJobs": 1}, TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.35})
seen["target"] = tuned("target")["TrainingJobStatusCounters"]["Completed"]
tune("failing", "Grid", rates, {"MaxParallelTrainingJobs": 3}, way="fails")
failing = tuned("failing")
seen["failing"] = [failing["HyperParameterTuningJobStatus"], failing["FailureReason"]]
tune("stopped", "Grid", rates, {"MaxParallelTrainingJobs": 1}, way="waits")
while sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")["TrainingJobStatusCounters"]["InProgress"] == 0:
    time.sleep(0.1)
sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
seen["stopped"] = [tuned("stopped")["HyperParameterTuningJobStatus"], sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")["TrainingJobStatusCounters"]["Stopped"]]
seen["tuning jobs"] = [item["HyperParameterTuningJobName"] for item in sagemaker.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]]
sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
seen["deleted"] = code(lambda: sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped"))


# Validation
def validated(name, way):
    sagemaker.create_algorithm(
        AlgorithmName=name,
        TrainingSpecification={
            "TrainingImage": image,
            "SupportedTrainingInstanceTypes": ["ml.m5.large"],
            "SupportedHyperParameters": [{"Name": "way", "Type": "FreeText"}],
            "TrainingChannels": [{"Name": "train", "SupportedContentTypes": ["text/csv"], "SupportedInputModes": ["File"]}],
        },
        InferenceSpecification={"Containers": [{"Image": image}], "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]},
        ValidationSpecification={
            "ValidationRole": role,
            "ValidationProfiles": [
                {
                    "ProfileName": "small",
                    "TrainingJobDefinition": {
                        "TrainingInputMode": "File",
                        "HyperParameters": {"way": way},
                        "InputDataConfig": [{"ChannelName": "train", **source()}],
                        "OutputDataConfig": {"S3OutputPath": f"s3://{bucket}/validation"},
                        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
                        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
                    },
                    "TransformJobDefinition": {
                        "TransformInput": source(),
                        "TransformOutput": {"S3OutputPath": f"s3://{bucket}/validation"},
                        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
                    },
                }
            ],
        },
    )
    while True:
        algorithm = sagemaker.describe_algorithm(AlgorithmName=name)
        if algorithm["AlgorithmStatus"] != "InProgress":
            return [algorithm["AlgorithmStatus"], algorithm["AlgorithmStatusDetails"]["ValidationStatuses"]]
        time.sleep(0.2)


seen["validated"] = validated("Good", "makes-model")
seen["invalid"] = validated("Bad", "fails")
seen["models"] = sagemaker.list_models()["Models"]
print(json.dumps({"seen": seen, "operations": sorted(operations.called)}, default=str))
