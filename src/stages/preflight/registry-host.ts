/** The region in a registry's host: Amazon ECR user guide, "Amazon ECR registries" and "dual-stack endpoints". */
const REGION_IN_HOST = /^\d{12}\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\./;

/** The region in the host of a registry of ECR; undefined where it is none. */
export function regionOfHost(host: string): string | undefined {
  return REGION_IN_HOST.exec(host)?.[1];
}

/**
 * Whether two hosts are names of one registry of ECR: the plain one, FIPS and dual-stack (user guide, "Amazon ECR
 * endpoints").
 */
export function isSameRegistry(one: string, other: string): boolean {
  const region = regionOfHost(one);
  // A host with a region begins with the 12 digits of its account.
  return region !== undefined && region === regionOfHost(other) && one.slice(0, 12) === other.slice(0, 12);
}
