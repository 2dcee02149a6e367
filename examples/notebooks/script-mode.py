# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Script mode
#
# The stack trains with a [script](../script-mode/script/train.py) in the PyTorch image that SageMaker provides, and serves the model with
# an image of your own. There is no Dockerfile for the training: the script is uploaded, and the container runs it.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/script-mode/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md), for which the image must be pulled
# first. Without it, the same cells run in your AWS account, where the training job takes a few minutes on an instance with a GPU, and
# costs about 20 cents.

# %%
import json
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
logs = boto3.client("logs")

stack = cloudformation.describe_stacks(StackName="ScriptMode")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

# %% [markdown]
# ## How the job names its script
#
# Two hyperparameters with the prefix `sagemaker_` are for the toolkit in the image. It downloads the archive and runs the program with the
# other hyperparameters as arguments.

# %%
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
hyperparameters = deployed["HyperParameters"]
print("Image:    ", deployed["AlgorithmSpecification"]["TrainingImage"].rpartition("/")[2])
print("Program:  ", hyperparameters["sagemaker_program"])
print("Archive:  ", hyperparameters["sagemaker_submit_directory"].partition("://")[0])
print("Arguments:", {name: value for name, value in hyperparameters.items() if not name.startswith("sagemaker_")})

# %% [markdown]
# ## Run the script with other arguments
#
# The archive is that of the stack, so the code of both jobs is the same.

# %%
job = f"script-mode-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "TrainingImage": deployed["AlgorithmSpecification"]["TrainingImage"],
        "TrainingInputMode": "File",
        "MetricDefinitions": [{"Name": "train:loss", "Regex": "train:loss=([0-9.]+);"}],
    },
    HyperParameters={**hyperparameters, "rate": "0.01"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
sagemaker.describe_training_job(TrainingJobName=job)["TrainingJobStatus"]

# %% [markdown]
# ## Compare the loss
#
# The log has the loss after each epoch. The smaller rate learns more slowly.


# %%
def losses(job):
    group = "/aws/sagemaker/TrainingJobs"
    [stream] = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job)["logStreams"]
    events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)["events"]
    found = [event["message"] for event in events if event["message"].startswith("train:loss=")]
    return [float(message.strip().removeprefix("train:loss=").removesuffix(";")) for message in found]


curves = pd.DataFrame({"rate 0.1": losses(outputs["TrainingJobName"]), "rate 0.01": losses(job)})
curves.index = (curves.index + 1).rename("epoch")
curves.iloc[[0, 9, 24, 49]].round(3)

# %% [markdown]
# ## Invoke the endpoint
#
# The script saves the model as JSON in the format of the [example algorithm](../../assets/breast-cancer/README.md), whose inference image
# serves it.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"],
    ContentType="text/csv",
    Accept="application/json",
    Body=validation.drop(columns=0).to_csv(header=False, index=False),
)
predictions = pd.DataFrame(json.load(response["Body"])["predictions"])
actual = validation[0].map({0: "malignant", 1: "benign"})
print("Accuracy:", round((predictions["label"] == actual).mean(), 3))

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
