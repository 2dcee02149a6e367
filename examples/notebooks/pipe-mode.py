# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Pipe mode
#
# In Pipe mode, a training job does not wait for its data to be downloaded. The container reads a FIFO, `/opt/ml/input/data/train_0`, into
# which SageMaker streams the objects of the channel, and one more FIFO for each further epoch. The
# [container](../pipe-mode/container/training.py) of this stack measures the columns in the first pass, and learns in the others, row by
# row.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/pipe-mode/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the training job takes a few minutes and costs a few cents. Locally, Pipe mode requires that containers share the
# kernel of the machine: it does not work with Docker Desktop.

# %%
import json
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
logs = boto3.client("logs")

stack = cloudformation.describe_stacks(StackName="PipeMode")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
[channel] = deployed["InputDataConfig"]
print("Channel:   ", channel["ChannelName"])
print("Input mode:", channel["InputMode"])

# %% [markdown]
# ## What the container has read
#
# The log shows that each pass was a stream of its own.


# %%
def log_of(job):
    group = "/aws/sagemaker/TrainingJobs"
    [stream] = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job)["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)["events"]
    return [event["message"].strip() for event in events]


print(*log_of(outputs["TrainingJobName"]), sep="\n")

# %% [markdown]
# ## Train for more epochs
#
# The order of the rows matters for an algorithm that learns row by row. With `ShuffleConfig`, SageMaker shuffles the order of the objects
# of the channel in each epoch; this channel has a single object.

# %%
job = f"pipe-mode-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "TrainingImage": deployed["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "Pipe",
        "MetricDefinitions": deployed["AlgorithmSpecification"]["MetricDefinitions"],
    },
    HyperParameters={"epochs": "10"},
    InputDataConfig=[{**channel, "ShuffleConfig": {"Seed": 1}}],
    **{key: deployed[key] for key in ["RoleArn", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)


def metrics_of(description):
    return {metric["MetricName"]: round(metric["Value"], 3) for metric in description["FinalMetricDataList"]}


pd.DataFrame({"3 epochs": metrics_of(deployed), "10 epochs": metrics_of(trained)})

# %% [markdown]
# ## Invoke the endpoint
#
# Inference does not depend on the input mode: the inference image of the [example algorithm](../../assets/breast-cancer/README.md) serves
# the model of the stack, because both images use the same format of the model artifact.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"],
    ContentType="text/csv",
    Accept="application/json",
    Body=validation.drop(columns=0).to_csv(header=False, index=False),
)
predictions = pd.DataFrame(json.load(response["Body"])["predictions"])
actual = validation[0].map({0: "malignant", 1: "benign"}).rename("actual")
pd.crosstab(actual, predictions["label"].rename("predicted"))

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
