/** The region in a registry's host: Amazon ECR user guide, "Amazon ECR registries" and "dual-stack endpoints". */
const REGION_IN_HOST = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./;

/** The region in the host of a registry of ECR; undefined where it is none. */
export function regionOfHost(host: string): string | undefined {
  return REGION_IN_HOST.exec(host)?.[1];
}

/** What ECR says of a repository, as far as it tells its registry. */
export interface PlaceOfRepository {
  /** `host/name` */
  readonly uri: string;
  /** The account that it belongs to. */
  readonly registryId: string;
}

/**
 * Whether a host names the registry of a repository: the host that ECR names, or another one of ECR's for the same
 * account and region: plain, FIPS, dual-stack (user guide, "Amazon ECR endpoints"), or AWS's own where ECR is asked
 * at an endpoint that names its own.
 */
export function isRegistryOf(
  { uri, registryId }: PlaceOfRepository,
  host: string,
  region: string | undefined,
): boolean {
  if (host === uri.slice(0, uri.indexOf('/'))) return true;
  // A host with a region begins with the 12 digits of its account.
  return region !== undefined && regionOfHost(host) === region && host.slice(0, 12) === registryId;
}
