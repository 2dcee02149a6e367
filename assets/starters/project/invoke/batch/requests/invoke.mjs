// Reads the predictions of the batch transform job, and compares them with the expected ones.
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [{ BucketName: Bucket, ObjectKey: Key }] = Object.values(JSON.parse(readFileSync('outputs.json', 'utf8')));
const { Body } = await new S3Client().send(new GetObjectCommand({ Bucket, Key }));
const lines = (await Body.transformToString()).trim().split('\n');
const predictions = lines.map((line) => line.split(',')).map(([label, probability]) => ({ label, probability }));
console.table(predictions);

const expected = JSON.parse(readFileSync('requests/expected.json', 'utf8'));
assert.deepEqual({ predictions: predictions.map(({ label }) => ({ label })) }, expected);
console.log('The predictions are as expected.');
