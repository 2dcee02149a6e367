// Hook of integ.lifecycle.ts, which runs before the stack is destroyed: CloudFormation does not delete buckets with objects.
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import { DeleteObjectCommand, S3Client, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { STACK_NAME } from './settings';

async function emptyBuckets(): Promise<void> {
  const [client, s3] = [new CloudFormationClient(), new S3Client()];
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: STACK_NAME },
  )) {
    const buckets = StackResourceSummaries.filter(({ ResourceType }) => ResourceType === 'AWS::S3::Bucket');
    for (const { PhysicalResourceId: Bucket = '' } of buckets) {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: s3 }, { Bucket })) {
        for (const { Key } of Contents) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    }
  }
}

emptyBuckets().catch((error: Error) => {
  // A test that was interrupted early has not created the stack yet.
  if (!error.message.includes('does not exist')) throw error;
});
