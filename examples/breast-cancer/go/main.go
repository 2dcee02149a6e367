// The example app in Go, which synthesizes the same templates as bin/app.ts.
package main

import (
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	sagemaker "github.com/cdk-sagemaker-algorithm/cdk-sagemaker-algorithm-go/cdksagemakeralgorithm"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	layout, _ := app.Node().TryGetContext(jsii.String("layout")).(string)
	newLifecycleStack(app, "BreastCancer", layout == "split")
	app.Synth(nil)
}

func newLifecycleStack(app awscdk.App, id string, isSplit bool) {
	stack := awscdk.NewStack(app, jsii.String(id), nil)
	algorithm := newAlgorithm(stack, isSplit)
	trainingJob := newTrainingJob(stack, algorithm)
	endpoint := newEndpoint(stack, algorithm, trainingJob)
	awscdk.NewCfnOutput(stack, jsii.String("TrainingJobName"), &awscdk.CfnOutputProps{Value: trainingJob.JobName()})
	awscdk.NewCfnOutput(stack, jsii.String("EndpointName"), &awscdk.CfnOutputProps{Value: endpoint.EndpointName()})
}

func newAlgorithm(stack awscdk.Stack, isSplit bool) sagemaker.Algorithm {
	return sagemaker.NewAlgorithm(stack, jsii.String("Algorithm"), &sagemaker.AlgorithmProps{
		Description: jsii.String("Tells benign from malignant breast tumours by measurements of cell nuclei"),
		Images:      images(isSplit),
		Hyperparameters: &[]sagemaker.Hyperparameter{
			sagemaker.Hyperparameter_Continuous(jsii.String("alpha"), &sagemaker.NumericHyperparameterOptions{
				Min: jsii.Number(1e-6), Max: jsii.Number(10), DefaultValue: jsii.Number(0.001), Tunable: jsii.Bool(true),
			}),
			sagemaker.Hyperparameter_Integer(jsii.String("epochs"), &sagemaker.NumericHyperparameterOptions{
				Min: jsii.Number(1), Max: jsii.Number(1000), DefaultValue: jsii.Number(20), Tunable: jsii.Bool(true),
			}),
			sagemaker.Hyperparameter_Categorical(jsii.String("penalty"), &sagemaker.CategoricalHyperparameterOptions{
				Values: jsii.Strings("l2", "l1", "elasticnet"), DefaultValue: jsii.String("l2"), Tunable: jsii.Bool(true),
			}),
			sagemaker.Hyperparameter_Continuous(jsii.String("pause_seconds"), &sagemaker.NumericHyperparameterOptions{
				Min: jsii.Number(0), Max: jsii.Number(60), DefaultValue: jsii.Number(0),
			}),
		},
		Channels: &[]sagemaker.Channel{
			sagemaker.Channel_File(jsii.String("train"), &sagemaker.ChannelOptions{ContentTypes: jsii.Strings("text/csv")}),
			sagemaker.Channel_File(jsii.String("validation"), &sagemaker.ChannelOptions{
				ContentTypes: jsii.Strings("text/csv"), Required: jsii.Bool(false),
			}),
		},
		Metrics: &[]sagemaker.MetricDefinition{
			metric("train:loss"), metric("validation:accuracy"), metric("validation:auc"),
		},
		Objectives: &[]sagemaker.Objective{
			sagemaker.Objective_Maximize(jsii.String("validation:auc")),
			sagemaker.Objective_Minimize(jsii.String("train:loss")),
		},
		TrainingInstanceTypes: &[]sagemaker.InstanceType{
			sagemaker.InstanceType_ML_M5_LARGE(), sagemaker.InstanceType_ML_M5_XLARGE(),
		},
		Inference: &sagemaker.AlgorithmInferenceSpecification{
			ContentTypes:      jsii.Strings("text/csv", "application/json"),
			ResponseMimeTypes: jsii.Strings("application/json", "text/csv"),
			RealtimeInstanceTypes: &[]sagemaker.InstanceType{
				sagemaker.InstanceType_ML_C7I_LARGE(), sagemaker.InstanceType_ML_M5_LARGE(),
			},
			TransformInstanceTypes: &[]sagemaker.InstanceType{sagemaker.InstanceType_ML_M5_LARGE()},
		},
	})
}

func metric(name string) sagemaker.MetricDefinition {
	return sagemaker.MetricDefinition_Of(jsii.String(name), jsii.String(name+"=([0-9.]+);"))
}

func images(isSplit bool) sagemaker.AlgorithmImages {
	image := func(target *string) sagemaker.ContainerImage {
		return sagemaker.ContainerImage_FromAsset(jsii.String(directory()), &sagemaker.AssetImageOptions{
			Target: target, Processor: sagemaker.Processor_CPU, Verify: jsii.Bool(true),
		})
	}
	if !isSplit {
		return sagemaker.AlgorithmImages_Combined(image(nil))
	}
	return sagemaker.AlgorithmImages_Split(&sagemaker.SplitImages{
		Training: image(jsii.String("training")), Inference: image(jsii.String("inference")),
	})
}

func newTrainingJob(stack awscdk.Stack, algorithm sagemaker.Algorithm) sagemaker.TrainingJob {
	artifacts := awss3.NewBucket(stack, jsii.String("Artifacts"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
	})
	return sagemaker.NewTrainingJob(stack, jsii.String("Train"), &sagemaker.TrainingJobProps{
		Algorithm:       algorithm,
		Inputs:          &map[string]sagemaker.TrainingInput{"train": input("train"), "validation": input("validation")},
		Hyperparameters: &map[string]*string{"epochs": jsii.String("30")},
		Resources:       sagemaker.TrainingResources_Of(sagemaker.InstanceType_ML_M5_LARGE(), nil),
		Output:          sagemaker.TrainingOutput_ToBucket(artifacts, jsii.String("breast-cancer"), nil),
		MaxRuntime:      awscdk.Duration_Hours(jsii.Number(1)),
	})
}

func input(channel string) sagemaker.TrainingInput {
	file := filepath.Join(directory(), "data", channel, channel+".csv")
	return sagemaker.TrainingInput_FromAsset(jsii.String(file), &sagemaker.S3TrainingInputOptions{
		ContentType: jsii.String("text/csv"),
	})
}

func newEndpoint(stack awscdk.Stack, algorithm sagemaker.Algorithm, trainingJob sagemaker.TrainingJob) sagemaker.Endpoint {
	group := sagemaker.NewModelPackageGroup(stack, jsii.String("Group"), &sagemaker.ModelPackageGroupProps{
		ModelPackageGroupName: jsii.String("breast-cancer"),
	})
	modelPackage := sagemaker.NewModelPackage(stack, jsii.String("Version"), &sagemaker.ModelPackageProps{
		Group:          group,
		Algorithm:      algorithm,
		ModelData:      trainingJob.ModelData(),
		ApprovalStatus: sagemaker.ModelApprovalStatus_APPROVED,
	})
	variant := sagemaker.ProductionVariant_Instances(jsii.String("main"), &sagemaker.InstanceVariantOptions{
		Model:         sagemaker.NewModel(stack, jsii.String("Model"), &sagemaker.ModelProps{ModelPackage: modelPackage}),
		InstanceType:  sagemaker.InstanceType_ML_C7I_LARGE(),
		InstanceCount: jsii.Number(2),
	})
	config := sagemaker.NewEndpointConfig(stack, jsii.String("Config"), &sagemaker.EndpointConfigProps{
		Variants: &[]sagemaker.ProductionVariant{variant},
	})
	return sagemaker.NewEndpoint(stack, jsii.String("Endpoint"), &sagemaker.EndpointProps{EndpointConfig: config})
}

// directory is the folder of the container and its data. The app is run in the root of the repository.
func directory() string {
	return filepath.Join("assets", "breast-cancer")
}
