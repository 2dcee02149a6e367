// Invokes the deployed endpoint with the sample request, and compares the response with the expected one.
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [{ EndpointName }] = Object.values(JSON.parse(readFileSync('outputs.json', 'utf8')));
const { Body } = await new SageMakerRuntimeClient().send(
  new InvokeEndpointCommand({
    EndpointName,
    ContentType: 'text/csv',
    Accept: 'application/json',
    Body: readFileSync('requests/rows.csv'),
  }),
);
const { predictions } = JSON.parse(Buffer.from(Body).toString());
console.table(predictions);

const expected = JSON.parse(readFileSync('requests/expected.json', 'utf8'));
assert.deepEqual({ predictions: predictions.map(({ label }) => ({ label })) }, expected);
console.log('The predictions are as expected.');
