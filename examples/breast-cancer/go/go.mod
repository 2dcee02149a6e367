module breast-cancer

go 1.25

require (
	github.com/aws/aws-cdk-go/awscdk/v2 v2.262.0
	github.com/aws/jsii-runtime-go v1.140.0
	github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm-go/cdksagemakeralgorithm v0.1.0
)
