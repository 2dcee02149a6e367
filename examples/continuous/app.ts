import { App } from 'aws-cdk-lib';
import { HostingStack } from './hosting-stack';
import { TrainingStack } from './training-stack';

const app = new App();
const training = new TrainingStack(app, 'ContinuousTraining', { hostingStackName: 'ContinuousHosting' });
const { artifacts, data } = training;
const hosting = new HostingStack(app, 'ContinuousHosting', { artifacts, data });
hosting.addStackDependency(training);
