"""Compares responses of the local service with those of AWS, by boto3: service.py IMAGE; prints the observations as JSON."""

import json
import sys
import time
import urllib.error
import urllib.request

import operations
from botocore.exceptions import ClientError

image = sys.argv[1]
boto3 = operations.session()
sagemaker, s3, cloudformation = (boto3.client(name) for name in ("sagemaker", "s3", "cloudformation"))
seen = {}


def error(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except ClientError as failure:
        return failure.response["Error"]["Code"]
    return None


bucket = "service"
s3.create_bucket(Bucket=bucket)
keys = ["a", "a/b", "folder/", "../../escaped", "long" * 100 + "/x", "ü %+&?\n"]
for key in keys:
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
listed = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
seen["keys"] = [listed == sorted(keys), all(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() == key for key in keys)]
seen["buckets"] = [one["Name"] for one in s3.list_buckets()["Buckets"] if "escaped" in one["Name"]]
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a/b"})
seen["presigned"] = urllib.request.urlopen(url).read().decode()
expired = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a/b"}, ExpiresIn=-1)
try:
    urllib.request.urlopen(expired)
except urllib.error.HTTPError as failure:
    seen["expired"] = failure.code
s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
s3.delete_bucket(Bucket=bucket)

template = json.dumps({"Resources": {"Group": {"Type": "AWS::SageMaker::ModelPackageGroup", "Properties": {"ModelPackageGroupName": "service"}}}})
cloudformation.create_change_set(StackName="service", ChangeSetName="first", ChangeSetType="CREATE", TemplateBody=template)
cloudformation.get_waiter("change_set_create_complete").wait(StackName="service", ChangeSetName="first", WaiterConfig={"Delay": 1})
seen["executed"] = list(cloudformation.execute_change_set(StackName="service", ChangeSetName="first"))
cloudformation.get_waiter("stack_create_complete").wait(StackName="service", WaiterConfig={"Delay": 1})
seen["change set"] = list(cloudformation.delete_change_set(StackName="service", ChangeSetName="first"))
cloudformation.update_termination_protection(StackName="service", EnableTerminationProtection=True)
seen["protected"] = error(cloudformation.delete_stack, StackName="service")
cloudformation.update_termination_protection(StackName="service", EnableTerminationProtection=False)
seen["retained"] = error(cloudformation.delete_stack, StackName="service", RetainResources=["Group"])

specification = {"Containers": [{"Image": image}], "SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
for status in ("Approved", "PendingManualApproval"):
    sagemaker.create_model_package(ModelPackageGroupName="service", ModelApprovalStatus=status, InferenceSpecification=specification)
query = {"ModelPackageGroupName": "service", "SortBy": "CreationTime", "SortOrder": "Descending"}
versions = lambda **filters: [item["ModelPackageVersion"] for item in sagemaker.list_model_packages(**query, **filters)["ModelPackageSummaryList"]]
seen["versions"] = [versions(), versions(ModelApprovalStatus="Approved"), versions(CreationTimeAfter=4e9)]
seen["not listed"] = error(sagemaker.list_training_jobs, WarmPoolStatusEquals="Available")
approved = {"Filters": [{"Name": "ModelApprovalStatus", "Value": "Approved"}, {"Name": "ModelPackageGroupName", "Value": "service"}]}
seen["found"] = [one["ModelPackage"]["ModelPackageName"] for one in sagemaker.search(Resource="ModelPackage", SearchExpression=approved)["Results"]]
for version in (1, 2):
    sagemaker.delete_model_package(ModelPackageName=f"arn:aws:sagemaker:us-east-1:000000000000:model-package/service/{version}")
cloudformation.delete_stack(StackName="service")
cloudformation.get_waiter("stack_delete_complete").wait(StackName="service", WaiterConfig={"Delay": 1})
deleted = cloudformation.list_stacks(StackStatusFilter=["DELETE_COMPLETE"])["StackSummaries"]
seen["deleted"] = [[one["StackName"], one["DeletionTime"].timestamp() <= time.time() + 1] for one in deleted]

simulate = boto3.client("iam").simulate_principal_policy
seen["permissions"] = error(simulate, PolicySourceArn="arn:aws:iam::000000000000:role/any", ActionNames=["s3:PutObject"])
print(json.dumps({"seen": seen, "operations": sorted(operations.called)}))
