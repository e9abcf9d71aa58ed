import { asText } from './evaluate.ts';
import { maybeSet, type Resource, settingOf } from './resource.ts';
import { resourcesOf, type Terraform } from './subject.ts';

/** Arguments that make a database a replica of another, and take most settings from that. */
const REPLICATED = ['replicate_source_db', 'replication_source_identifier', 'global_cluster_identifier'];
/** Arguments that make a database from a backup: encryption, retention and windows are the backup's. */
const RESTORED = ['snapshot_identifier', 'restore_to_point_in_time'];

/** RDS instances and clusters that are no replicas of others, as far as that can be known. */
export function ownDatabases(subject: Terraform): readonly Resource[] {
  return resourcesOf(subject, 'aws_db_instance', 'aws_rds_cluster').filter(
    (one) => !maybeFrom(one, REPLICATED),
  );
}

/** Those of them that are not restored from a backup either. */
export function newDatabases(subject: Terraform): readonly Resource[] {
  return ownDatabases(subject).filter((one) => !maybeFrom(one, RESTORED));
}

/** Whether a database is, or may be, made from another: `var.snapshot` that is `null` by default makes it none. */
function maybeFrom(resource: Resource, sources: readonly string[]): boolean {
  return sources.some((name) => {
    if (!maybeSet(resource, name)) return false;
    const value = settingOf(resource, name);
    return value === undefined || asText(value) !== '';
  });
}

/** Whether it is a cluster: its arguments have other names than an instance's. */
export function isCluster({ type }: Resource): boolean {
  return type === 'aws_rds_cluster';
}
