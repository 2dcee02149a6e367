import type { ModelApprovalStatus, ModelPackageSummary } from '@aws-sdk/client-sagemaker';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Wire } from '../../services/wire/record';
import { call } from '../aws';
import { Failure } from '../failure';
import { Page } from '../page';
import { Polled } from '../polled';
import { link } from '../route';
import { Status } from '../status';
import { Table } from '../table';
import { Time } from '../time';

type Version = Wire<ModelPackageSummary>;

interface Group {
  readonly name: string;
  readonly versions: readonly Version[];
}

/** The versions of the model package groups, which can be approved and rejected. */
export function Versions(): JSX.Element {
  return (
    <Page title="Versions">
      <Polled load={load}>
        {(groups, reload) =>
          groups.length === 0 ? (
            <p class="muted">There are no model package groups.</p>
          ) : (
            groups.map((group) => <VersionsOf key={group.name} {...group} reload={reload} />)
          )
        }
      </Polled>
    </Page>
  );
}

function VersionsOf({ name, versions, reload }: Group & { readonly reload: () => void }): JSX.Element {
  return (
    <section>
      <h2>{name}</h2>
      <Table
        name={`Versions of ${name}`}
        rows={versions}
        empty="The group has no versions."
        columns={[
          {
            title: 'Version',
            of: ({ ModelPackageVersion: version = 0, ModelPackageArn: arn = '' }) => (
              <a href={link('versions', arn)}>{version}</a>
            ),
          },
          { title: 'Status', of: ({ ModelPackageStatus }) => <Status of={ModelPackageStatus} />, isExtra: true },
          { title: 'Approval', of: ({ ModelApprovalStatus: status }) => <Status of={status} /> },
          { title: 'Created', of: ({ CreationTime }) => <Time of={CreationTime} />, isExtra: true },
          { title: 'Change', of: (version) => <Approval version={version} group={name} onChange={reload} /> },
        ]}
      />
    </section>
  );
}

const CHANGES = [
  ['Approve', 'Approved'],
  ['Reject', 'Rejected'],
] as const;

/** The buttons that approve and reject a version. */
function Approval({
  version: { ModelPackageArn, ModelPackageVersion = 0, ModelApprovalStatus: current },
  group,
  onChange,
}: {
  readonly version: Version;
  readonly group: string;
  readonly onChange: () => void;
}): JSX.Element {
  const [error, setError] = useState<unknown>();
  const change = async (status: ModelApprovalStatus): Promise<void> => {
    try {
      await call('sagemaker', 'UpdateModelPackage', { ModelPackageArn, ModelApprovalStatus: status });
      setError(undefined);
      onChange();
    } catch (rejected) {
      setError(rejected);
    }
  };
  return (
    <div class="actions">
      {CHANGES.map(([verb, status]) => (
        <button
          key={verb}
          type="button"
          aria-label={`${verb} version ${ModelPackageVersion} of ${group}`}
          disabled={current === status}
          onClick={() => void change(status)}
        >
          {verb}
        </button>
      ))}
      {error !== undefined && <Failure error={error} />}
    </div>
  );
}

async function load(): Promise<Group[]> {
  const { ModelPackageGroupSummaryList: groups = [] } = await call('sagemaker', 'ListModelPackageGroups', {
    MaxResults: 100,
    SortBy: 'Name',
    SortOrder: 'Ascending',
  });
  return Promise.all(
    groups.map(async ({ ModelPackageGroupName: name = '' }) => {
      const input = { ModelPackageGroupName: name, MaxResults: 100, SortBy: 'CreationTime', SortOrder: 'Descending' };
      const { ModelPackageSummaryList: versions = [] } = await call('sagemaker', 'ListModelPackages', input);
      return { name, versions };
    }),
  );
}
