# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Batch transform
#
# A batch transform job applies a model to all records of a data set in Amazon S3, without an endpoint. The stack has run one when it was
# deployed. This notebook reads its output, and starts another one that joins each record with its prediction.
#
# **Deploy the stack first:** `npx cdk deploy --app "node --import tsx examples/notebooks/app.ts"`. With the environment variable
# `AWS_ENDPOINT_URL`, the clients of this notebook use the [local service](../../docs/notebooks.md). Without it, the same cells run in
# your AWS account, where the job takes a few minutes and costs a few cents.

# %%
import time

import boto3
import pandas as pd

cloudformation = boto3.client("cloudformation")
sagemaker = boto3.client("sagemaker")
s3 = boto3.client("s3")

stack = cloudformation.describe_stacks(StackName="BreastCancer")["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
deployed = sagemaker.describe_transform_job(TransformJobName=outputs["TransformJobName"])
print("Status:      ", deployed["TransformJobStatus"])
print("Content type:", deployed["TransformInput"]["ContentType"])
print("Split type:  ", deployed["TransformInput"]["SplitType"])

# %% [markdown]
# ## The output of the job of the stack
#
# Each object of the input becomes an object with the suffix `.out`, which contains the responses of the container in the order of the
# records.


# %%
def location(uri):
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def read(uri, **options):
    return pd.read_csv(s3.get_object(**location(uri))["Body"], header=None, **options)


source = deployed["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
output = f"{deployed['TransformOutput']['S3OutputPath']}/{source.rpartition('/')[2]}.out"
read(output, names=["label", "probability of benign"]).round(3)

# %% [markdown]
# ## Join the records with their predictions
#
# `DataProcessing` selects what the container receives and what is written: here, the complete record and its prediction in one row. The
# job runs with the execution role of the model, which the stack allows to read this input and to write to this location.

# %%
job = f"joined-{time.strftime('%Y%m%d-%H%M%S')}"
joined = f"{deployed['TransformOutput']['S3OutputPath']}/{job}"
sagemaker.create_transform_job(
    TransformJobName=job,
    ModelName=deployed["ModelName"],
    TransformInput=deployed["TransformInput"],
    TransformOutput={**deployed["TransformOutput"], "S3OutputPath": joined},
    TransformResources=deployed["TransformResources"],
    DataProcessing={"JoinSource": "Input"},
)
sagemaker.get_waiter("transform_job_completed_or_stopped").wait(
    TransformJobName=job, WaiterConfig={"Delay": 2, "MaxAttempts": 900}
)
sagemaker.describe_transform_job(TransformJobName=job)["TransformJobStatus"]

# %%
rows = read(f"{joined}/{source.rpartition('/')[2]}.out")
first, label, probability = rows.columns[0], *rows.columns[-2:]
rows[[first, label, probability]].set_axis(["mean radius", "label", "probability of benign"], axis="columns").round(3)

# %% [markdown]
# The predictions are those of the first job, next to the measurements. A row of the result can be joined with its origin without counting
# lines.
#
# ## Delete the output

# %%
s3.delete_object(**location(f"{joined}/{source.rpartition('/')[2]}.out"))
[listed["Key"] for listed in s3.list_objects_v2(Bucket=location(joined)["Bucket"], Prefix=location(joined)["Key"]).get("Contents", [])]
