import type { DescribeModelPackageOutput } from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Facts } from '../facts';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time } from '../time';

/** A version: its containers, its approval and its metadata. */
export function Version({ path: [arn = ''] }: { readonly path: readonly string[] }): JSX.Element {
  const load = (): Promise<Wire<DescribeModelPackageOutput>> =>
    call('sagemaker', 'DescribeModelPackage', { ModelPackageName: arn });
  return (
    <Page title={arn.split('/').slice(-2).join(', version ')} parent={[link('versions'), 'Versions']}>
      <Polled load={load}>
        {(version) => (
          <>
            <Facts
              of={{
                Status: <Status of={version.ModelPackageStatus} />,
                Approval: <Status of={version.ModelApprovalStatus} />,
                'Reason of the approval': version.ApprovalDescription,
                Description: version.ModelPackageDescription,
                Created: <Time of={version.CreationTime} />,
              }}
              all={version}
            />
            <h2>Containers</h2>
            <Table
              name="Containers"
              rows={version.InferenceSpecification?.Containers ?? []}
              empty="The version has no containers."
              columns={[
                { title: 'Image', of: ({ Image }) => Image },
                { title: 'Model data', of: ({ ModelDataUrl }) => ModelDataUrl },
              ]}
            />
            <h2>Metadata</h2>
            <Table
              name="Metadata"
              rows={Object.entries(version.CustomerMetadataProperties ?? {})}
              empty="The version has no metadata."
              columns={[
                { title: 'Name', of: ([name]) => name },
                { title: 'Value', of: ([, value]) => value },
              ]}
            />
          </>
        )}
      </Polled>
    </Page>
  );
}
