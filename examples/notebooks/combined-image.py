# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # One image for training and inference
#
# A stack has deployed the [example algorithm](../../assets/breast-cancer/README.md): one image that SageMaker runs with the argument
# `train` for training, and with `serve` for inference. This notebook reads what the stack contains, trains a second model with another
# hyperparameter, and compares it with the one behind the endpoint.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/notebooks/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import io
import json
import tarfile
import time

import boto3
import numpy as np
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")
logs = boto3.client("logs")

stack = cloudformation.describe_stacks(StackName="BreastCancer")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
sorted(outputs)

# %% [markdown]
# ## The training job of the stack
#
# The stack contains the algorithm and a training job, whose request is the starting point for our own: it names the algorithm, the
# execution role, the input data and the output location.

# %%
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
print("Status:         ", deployed["TrainingJobStatus"])
print("Hyperparameters:", deployed["HyperParameters"])
print("Channels:       ", [channel["ChannelName"] for channel in deployed["InputDataConfig"]])

# %% [markdown]
# ## Train with another hyperparameter
#
# `alpha` is the strength of the regularization. SageMaker validates the hyperparameters against the definition of the algorithm, and
# rejects a value outside of its range before a job starts.

# %%
job = f"combined-image-{time.strftime('%Y%m%d-%H%M%S')}"
request = {
    "TrainingJobName": job,
    "AlgorithmSpecification": {
        "AlgorithmName": deployed["AlgorithmSpecification"]["AlgorithmName"],
        "TrainingInputMode": "File",
    },
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
}

try:
    sagemaker.create_training_job(**request, HyperParameters={**deployed["HyperParameters"], "alpha": "1000"})
except sagemaker.exceptions.ClientError as error:
    print(error.response["Error"]["Code"])

sagemaker.create_training_job(**request, HyperParameters={**deployed["HyperParameters"], "alpha": "1"})
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)
trained["TrainingJobStatus"]

# %% [markdown]
# ## The log and the metrics
#
# The output of the container is in Amazon CloudWatch Logs. The metric definitions of the algorithm extract the metrics from it.

# %%
group = "/aws/sagemaker/TrainingJobs"
stream = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=job)["logStreams"][0]["logStreamName"]
events = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True)["events"]
epochs = [event["message"].strip() for event in events if event["message"].startswith("epoch=")]
print(*epochs[:3], "…", *epochs[-1:], sep="\n")


# %%
def metrics_of(description):
    return {metric["MetricName"]: round(metric["Value"], 3) for metric in description["FinalMetricDataList"]}


pd.DataFrame({"stack": metrics_of(deployed), "notebook": metrics_of(trained)}).sort_index()

# %% [markdown]
# ## Invoke the endpoint
#
# The endpoint hosts the model of the stack. The rows of the validation data have the label in the first column, which is not sent.

# %%
validation = pd.read_csv("../../assets/breast-cancer/data/validation/validation.csv", header=None)
labels, rows = validation[0], validation.drop(columns=0)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"],
    ContentType="text/csv",
    Accept="application/json",
    Body=rows.to_csv(header=False, index=False),
)
predictions = pd.DataFrame(json.load(response["Body"])["predictions"])
actual = labels.map({0: "malignant", 1: "benign"}).rename("actual")
pd.crosstab(actual, predictions["label"].rename("predicted"))

# %% [markdown]
# ## Compare the models
#
# The model artifact of the new job is a `model.tar.gz` in Amazon S3. This algorithm saves its model as JSON, so that the notebook can
# evaluate it without a container.

# %%
bucket, _, key = trained["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
artifact = io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
with tarfile.open(fileobj=artifact) as files:
    model = json.load(files.extractfile("model.json"))

scaled = (rows.to_numpy() - model["mean"]) / model["scale"]
probability = 1 / (1 + np.exp(-(scaled @ model["coefficients"] + model["intercept"])))
pd.DataFrame(
    {
        "accuracy": [(predictions["label"] == actual).mean(), ((probability >= 0.5) == labels).mean()],
        "mean confidence": [(predictions["probability"] - 0.5).abs().mean() + 0.5, np.abs(probability - 0.5).mean() + 0.5],
    },
    index=["endpoint", "notebook"],
).round(3)

# %% [markdown]
# The stronger regularization makes the new model less confident. To release a change like this, put the hyperparameter in the stack: the
# next `cdk deploy` trains, registers a version and updates the endpoint without downtime.
#
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
