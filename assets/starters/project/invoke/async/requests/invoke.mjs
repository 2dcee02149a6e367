// Uploads the sample request, invokes the endpoint with it, and compares the response in S3 with the expected one.
import { GetObjectCommand, PutObjectCommand, S3Client, waitUntilObjectExists } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [{ EndpointName, BucketName: Bucket }] = Object.values(JSON.parse(readFileSync('outputs.json', 'utf8')));
const s3 = new S3Client();
const Key = 'requests/rows.csv';
await s3.send(new PutObjectCommand({ Bucket, Key, Body: readFileSync('requests/rows.csv') }));
const { OutputLocation } = await new SageMakerRuntimeClient().send(
  new InvokeEndpointAsyncCommand({
    EndpointName,
    ContentType: 'text/csv',
    Accept: 'application/json',
    InputLocation: `s3://${Bucket}/${Key}`,
  }),
);
const response = { Bucket, Key: OutputLocation.replace(`s3://${Bucket}/`, '') };
await waitUntilObjectExists({ client: s3, maxWaitTime: 300, minDelay: 1, maxDelay: 5 }, response);
const { Body } = await s3.send(new GetObjectCommand(response));
const { predictions } = JSON.parse(await Body.transformToString());
console.table(predictions);

const expected = JSON.parse(readFileSync('requests/expected.json', 'utf8'));
assert.deepEqual({ predictions: predictions.map(({ label }) => ({ label })) }, expected);
console.log('The predictions are as expected.');
