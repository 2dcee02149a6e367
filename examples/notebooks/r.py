# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An algorithm in R
#
# The stack trains, hosts and scores with a [container](../r/container) in R, which forecasts the monthly passengers of airlines. For
# SageMaker, the language of a container makes no difference: this notebook in Python uses it like any other.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/r/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the training job takes a few minutes and costs a few cents.

# %%
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")

stack = cloudformation.describe_stacks(StackName="Forecast")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

# %% [markdown]
# ## The series
#
# The months from 1949 to 1960, as the container reads them from its channel. The number of passengers grows, and so does its seasonal
# variation.

# %%
series = pd.read_csv("../r/data/train/passengers.csv", header=None, names=["month", "passengers"], parse_dates=["month"])
series.groupby(series["month"].dt.year)["passengers"].agg(["min", "mean", "max"]).round().astype(int).iloc[[0, 5, 11]]

# %% [markdown]
# ## Train without the season
#
# The hyperparameter `period` is the length of a season in months. The metric is the mean absolute percentage error of the forecasts of the
# last season, from a model of the months before it.

# %%
deployed = sagemaker.describe_training_job(TrainingJobName=outputs["TrainingJobName"])
job = f"period-{time.strftime('%Y%m%d-%H%M%S')}"
sagemaker.create_training_job(
    TrainingJobName=job,
    AlgorithmSpecification={
        "AlgorithmName": deployed["AlgorithmSpecification"]["AlgorithmName"],
        "TrainingInputMode": "File",
    },
    HyperParameters={"period": "5"},
    **{key: deployed[key] for key in ["RoleArn", "InputDataConfig", "OutputDataConfig", "ResourceConfig", "StoppingCondition"]},
)
sagemaker.get_waiter("training_job_completed_or_stopped").wait(
    TrainingJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
trained = sagemaker.describe_training_job(TrainingJobName=job)


def error_of(description):
    [metric] = description["FinalMetricDataList"]
    return round(metric["Value"], 1)


pd.Series({"12 months": error_of(deployed), "5 months": error_of(trained)}, name="error in percent").rename_axis("period")

# %% [markdown]
# ## Forecast the next year
#
# The endpoint is serverless. A row of the request is a number of months after the series, and a row of the response the forecast with the
# limits of its interval.

# %%
months = range(1, 13)
response = runtime.invoke_endpoint(
    EndpointName=outputs["EndpointName"],
    ContentType="text/csv",
    Body="".join(f"{month}\n" for month in months),
)
forecast = pd.read_csv(response["Body"], header=None, names=["forecast", "lower", "upper"])
forecast.index = pd.period_range("1961-01", periods=12, freq="M", name="month")
forecast.round().astype(int)

# %% [markdown]
# ## The batch transform job
#
# The deployment has also scored a file: the forecasts for the months in it, in the same order.

# %%
scored = sagemaker.describe_transform_job(TransformJobName=outputs["TransformJobName"])
source = scored["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
bucket, _, prefix = scored["TransformOutput"]["S3OutputPath"].removeprefix("s3://").partition("/")
body = s3.get_object(Bucket=bucket, Key=f"{prefix.rstrip('/')}/{source.rpartition('/')[2]}.out")["Body"]
batch = pd.read_csv(body, header=None, names=["forecast", "lower", "upper"])
batch.index = pd.Index([1, 3, 6, 12, 24], name="month")
batch.round().astype(int)

# %% [markdown]
# This notebook leaves nothing to delete: a training job that has ended has no costs. `npx cdk destroy` deletes the stack.
