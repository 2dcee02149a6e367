"""The example of a pipeline that promotes a version, in Python, which synthesizes the same templates as app.ts."""

from pathlib import Path

from aws_cdk import (
    App,
    CfnOutput,
    Duration,
    Environment,
    Stack,
    Stage,
    aws_codebuild as codebuild,
    aws_ecr as ecr,
    aws_iam as iam,
    aws_kms as kms,
    aws_s3 as s3,
    aws_ssm as ssm,
    pipelines,
)
from cdk_sagemaker_algorithm import (
    ContainerImage,
    Endpoint,
    EndpointConfig,
    Expectation,
    IModelPackage,
    InferenceSpecification,
    InstanceType,
    Model,
    ModelApprovalStatus,
    ModelPackage,
    ModelPackageGroup,
    Processor,
    ProductionVariant,
    S3Location,
    SmokeTest,
    SmokeTestRequest,
    TrainingInput,
    TrainingJob,
    TrainingOutput,
    TrainingResources,
)

# Replace these accounts with your own. All of them are in one region.
REGION = "eu-west-1"
TOOLING, DEVELOPMENT, PRODUCTION = "111111111111", "222222222222", "333333333333"

DATA = Path(__file__).resolve().parents[2] / "assets" / "breast-cancer" / "data"

# The repository of the images in the tooling account.
IMAGES = "breast-cancer"
# The model package group in the development account.
GROUP = "breast-cancer-promoted"
# The beginning of the object keys of the model artifacts.
PREFIX = "breast-cancer"
# The SSM parameters of the production account: the version that is hosted, and the KMS key of its model artifact.
VERSION_PARAMETER, KEY_PARAMETER = "/breast-cancer/version", "/breast-cancer/key"
# The role in the production account with which the pipeline writes the parameters.
RELEASE_ROLE = "breast-cancer-release"
# The bucket of the model artifacts. Its name is known in both accounts.
ARTIFACT_BUCKET = f"breast-cancer-models-{DEVELOPMENT}"


def import_images(stack: Stack) -> ecr.IRepository:
    """The repository of the tooling account, in a stack of another account."""
    arn = stack.format_arn(
        partition="aws", service="ecr", account=TOOLING, resource="repository", resource_name=IMAGES
    )
    return ecr.Repository.from_repository_arn(stack, "Images", arn)


def host(stack: Stack, model_package: IModelPackage) -> None:
    """Hosts a version, in the same way in both accounts. The deployment fails if the endpoint does not predict."""
    model = Model(stack, "Model", model_package=model_package)
    main = ProductionVariant.instances("main", model=model, instance_type=InstanceType.ML_C7_I_LARGE)
    endpoint = Endpoint(
        stack,
        "Endpoint",
        endpoint_config=EndpointConfig(stack, "Config", variants=[main]),
        smoke_test=SmokeTest(
            request=SmokeTestRequest.from_file(str(DATA / "request.csv")),
            content_type="text/csv",
            accept="application/json",
            expect=[Expectation.json_path("$.predictions[0]").exists()],
        ),
    )
    CfnOutput(stack, "EndpointName", value=endpoint.endpoint_name)


class TrainingStack(Stack):
    """Trains the model in the development account, registers it, shares it with the production account, and hosts it for tests."""

    def __init__(self, scope, construct_id: str, *, digest: str) -> None:
        super().__init__(scope, construct_id)
        key = kms.Key(self, "Key", enable_key_rotation=True)
        image = ContainerImage.from_ecr_repository(import_images(self), digest=digest, processor=Processor.CPU)
        group = ModelPackageGroup(self, "Group", model_package_group_name=GROUP)
        version = ModelPackage(
            self,
            "Version",
            group=group,
            image=image,
            model_data=self.train(image, key).model_data,
            inference=InferenceSpecification(
                content_types=["text/csv", "application/json"],
                response_mime_types=["application/json", "text/csv"],
                realtime_instance_types=[InstanceType.ML_C7_I_LARGE],
            ),
            approval_status=ModelApprovalStatus.APPROVED,
        )
        # The pipeline stack shares the repository of the images.
        group.share_with(iam.AccountPrincipal(PRODUCTION), managed_elsewhere=True)
        host(self, version)
        self.version_arn = CfnOutput(self, "VersionArn", value=version.model_package_arn)
        self.key_id = CfnOutput(self, "KeyId", value=key.key_id)

    def train(self, image: ContainerImage, key: kms.Key) -> TrainingJob:
        artifacts = s3.Bucket(
            self,
            "Artifacts",
            bucket_name=ARTIFACT_BUCKET,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption_key=key,
            enforce_ssl=True,
        )

        def channel(name: str) -> TrainingInput:
            return TrainingInput.from_asset(str(DATA / name / f"{name}.csv"), content_type="text/csv")

        return TrainingJob(
            self,
            "Train",
            image=image,
            inputs={"train": channel("train"), "validation": channel("validation")},
            hyperparameters={"epochs": "30"},
            resources=TrainingResources.of(InstanceType.ML_M5_LARGE),
            output=TrainingOutput.to_bucket(artifacts, PREFIX, encryption_key=key),
            max_runtime=Duration.hours(1),
        )


class ReleaseStack(Stack):
    """The version that is hosted, and the role with which the pipeline changes it."""

    def __init__(self, scope, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(self, "Role", role_name=RELEASE_ROLE, assumed_by=iam.AccountPrincipal(TOOLING))
        for construct, name in (("Version", VERSION_PARAMETER), ("Key", KEY_PARAMETER)):
            # CloudFormation does not change the value again, because the template contains the same one in each deployment.
            ssm.StringParameter(self, construct, parameter_name=name, string_value="none").grant_write(role)


class HostingStack(Stack):
    """Hosts the version whose ARN is in the parameter."""

    def __init__(self, scope, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        artifacts = s3.Bucket.from_bucket_name(self, "Artifacts", ARTIFACT_BUCKET)
        key_id = ssm.StringParameter.value_for_string_parameter(self, KEY_PARAMETER)
        key_arn = self.format_arn(service="kms", account=DEVELOPMENT, resource="key", resource_name=key_id)
        version = ModelPackage.from_release_parameter(
            self,
            "Version",
            VERSION_PARAMETER,
            repositories=[import_images(self)],
            model_data=[S3Location.from_bucket(artifacts, PREFIX)],
            encryption_keys=[kms.Key.from_key_arn(self, "Key", key_arn)],
        )
        host(self, version)


class PipelineStack(Stack):
    """The pipeline in the tooling account, with the repository of the images."""

    def __init__(self, scope, construct_id: str, *, env: Environment, repository: str, connection_arn: str, digest: str):
        super().__init__(scope, construct_id, env=env)
        build = self.new_build(repository, connection_arn)
        pipeline = pipelines.CodePipeline(
            self, "Pipeline", synth=build, cross_account_keys=True, enable_key_rotation=True
        )

        dev = Stage(self, "Development", env=Environment(account=DEVELOPMENT, region=REGION))
        training = TrainingStack(dev, "Training", digest=digest)
        pipeline.add_stage(dev)

        # First the parameters that the pipeline writes, then the endpoint that reads them.
        prod = Stage(self, "Production", env=Environment(account=PRODUCTION, region=REGION))
        release = ReleaseStack(prod, "Release")
        hosting = HostingStack(prod, "Hosting")
        hosting.add_stack_dependency(release)
        pipeline.add_stage(
            prod,
            pre=[pipelines.ManualApprovalStep("Promote", comment="Host the tested version in production?")],
            stack_steps=[pipelines.StackSteps(stack=hosting, pre=[self.new_release(training)])],
        )
        pipeline.build_pipeline()
        self.new_images().grant_pull_push(build)

    def new_images(self) -> ecr.Repository:
        """The repository of the images: the other accounts may pull them."""
        images = ecr.Repository(
            self,
            "Images",
            repository_name=IMAGES,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
        )
        for account in (DEVELOPMENT, PRODUCTION):
            images.grant_pull(iam.AccountPrincipal(account))
        return images

    def new_build(self, repository: str, connection_arn: str) -> pipelines.CodeBuildStep:
        """Builds the image, checks it, pushes it, and synthesizes the app with its digest."""
        return pipelines.CodeBuildStep(
            "Build",
            input=pipelines.CodePipelineSource.connection(repository, "main", connection_arn=connection_arn),
            # Docker builds and runs the image.
            build_environment=codebuild.BuildEnvironment(privileged=True),
            env={"REGISTRY": f"{self.account}.dkr.ecr.{self.region}.amazonaws.com"},
            install_commands=["npm ci"],
            commands=[
                f"export IMAGE=$REGISTRY/{IMAGES}:$CODEBUILD_RESOLVED_SOURCE_VERSION",
                "aws ecr get-login-password | docker login --username AWS --password-stdin $REGISTRY",
                # A commit that is released again has its image already, whose tag cannot be moved.
                "docker pull $IMAGE || docker build --tag $IMAGE assets/breast-cancer",
                "mkdir -p reports",
                "npx byoa check $IMAGE --format junit > reports/check.xml",
                "docker push $IMAGE",
                "DIGEST=$(docker inspect --format '{{index .RepoDigests 0}}' $IMAGE | cut -d @ -f 2)",
                "npx cdk synth --context digest=$DIGEST",
            ],
            partial_build_spec=codebuild.BuildSpec.from_object(
                {
                    "reports": {
                        "check": {"files": ["check.xml"], "base-directory": "reports", "file-format": "JUNITXML"}
                    }
                }
            ),
        )

    def new_release(self, training: TrainingStack) -> pipelines.CodeBuildStep:
        """Writes the ARN of the version, and the ID of the key of its artifact, to the parameters that the hosting stack reads."""
        role = self.format_arn(
            service="iam", region="", account=PRODUCTION, resource="role", resource_name=RELEASE_ROLE
        )
        query = "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]"
        return pipelines.CodeBuildStep(
            "Release",
            env_from_cfn_outputs={"VERSION": training.version_arn, "KEY": training.key_id},
            commands=[
                # The exit code of the assignment is that of the command: without the role, the build fails here.
                f"CREDENTIALS=$(aws sts assume-role --role-arn {role} --role-session-name release --query '{query}' --output text)",
                "set -- $CREDENTIALS && export AWS_ACCESS_KEY_ID=$1 AWS_SECRET_ACCESS_KEY=$2 AWS_SESSION_TOKEN=$3",
                f"aws ssm put-parameter --overwrite --name {KEY_PARAMETER} --value $KEY",
                f"aws ssm put-parameter --overwrite --name {VERSION_PARAMETER} --value $VERSION",
            ],
            role_policy_statements=[iam.PolicyStatement(actions=["sts:AssumeRole"], resources=[role])],
        )


app = App()
PipelineStack(
    app,
    "Pipeline",
    env=Environment(account=TOOLING, region=REGION),
    repository="your-organization/your-repository",
    connection_arn=f"arn:aws:codeconnections:{REGION}:{TOOLING}:connection/11111111-2222-3333-4444-555555555555",
    # The build passes the digest of the image that it has checked and pushed. No image has the default.
    digest=app.node.try_get_context("digest") or f"sha256:{'0' * 64}",
)
app.synth()
