import { App } from 'aws-cdk-lib';
import { AlgorithmStack } from '../lib/stack';

new AlgorithmStack(new App(), '{{name}}');
