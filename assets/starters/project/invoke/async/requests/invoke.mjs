// Uploads the sample request, invokes the endpoint with it, and compares the response in S3 with the expected one.
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const [{ EndpointName, BucketName: Bucket }] = Object.values(JSON.parse(readFileSync('outputs.json', 'utf8')));
const s3 = new S3Client();
const Key = 'requests/rows.csv';
await s3.send(new PutObjectCommand({ Bucket, Key, Body: readFileSync('requests/rows.csv') }));
const { OutputLocation, FailureLocation } = await new SageMakerRuntimeClient().send(
  new InvokeEndpointAsyncCommand({
    EndpointName,
    ContentType: 'text/csv',
    Accept: 'application/json',
    InputLocation: `s3://${Bucket}/${Key}`,
  }),
);
console.log(`Waiting up to 5 minutes for ${OutputLocation}, or for ${FailureLocation} if the invocation fails.`);
const end = Date.now() + 300_000;
let response;
while ((response = await read(OutputLocation)) === undefined) {
  const failure = await read(FailureLocation);
  assert.equal(failure, undefined, `The invocation failed: ${failure}`);
  assert(Date.now() < end, 'The endpoint has written no response. See its logs in CloudWatch.');
  await setTimeout(1000);
}
const { predictions } = JSON.parse(response);
console.table(predictions);

const expected = JSON.parse(readFileSync('requests/expected.json', 'utf8'));
assert.deepEqual({ predictions: predictions.map(({ label }) => ({ label })) }, expected);
console.log('The predictions are as expected.');

/** The text of an object, or undefined if it does not exist. */
async function read(location) {
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: location.replace(`s3://${Bucket}/`, '') }));
    return await Body.transformToString();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
