import { asText } from './evaluate.ts';
import { maybeSet, type Resource, settingOf } from './resource.ts';
import { resourcesOf, type Terraform } from './subject.ts';

/** RDS instances and clusters that are made new: not those that are restored or replicated, and take on what their source has. */
export function newDatabases(subject: Terraform): readonly Resource[] {
  return resourcesOf(subject, 'aws_db_instance', 'aws_rds_cluster').filter((one) => !isCopy(one));
}

/** Arguments that make a database a replica of another, or restore it. */
const SOURCES = [
  'replicate_source_db',
  'replication_source_identifier',
  'snapshot_identifier',
  'restore_to_point_in_time',
  'global_cluster_identifier',
];

/** Whether a database is, or may be, made from another: `var.snapshot` that is `null` by default makes it none. */
function isCopy(resource: Resource): boolean {
  return SOURCES.some((name) => {
    if (!maybeSet(resource, name)) return false;
    const value = settingOf(resource, name);
    return value === undefined || asText(value) !== '';
  });
}

/** Whether it is a cluster: its arguments have other names than an instance's. */
export function isCluster({ type }: Resource): boolean {
  return type === 'aws_rds_cluster';
}
