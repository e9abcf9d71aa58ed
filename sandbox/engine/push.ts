import { storedAuthorization } from './credentials.ts';
import { DockerExit } from './docker-exit.ts';
import type { LocalImages } from './local-images.ts';
import { digestOf, type PushedManifest, type PushFormat, pushPlan } from './pushed-manifests.ts';
import { parseReference } from './reference.ts';
import { RegistryClient } from './registry-client.ts';

/**
 * `docker push`: the layers that the registry does not have, the configuration, then the manifest.
 * @throws DockerExit where the image is not here or the registry refuses, in docker's words.
 */
export async function push(
  name: string,
  images: LocalImages,
  format: PushFormat,
  print: (line: string) => void,
): Promise<void> {
  const reference = parseReference(name);
  const repository = reference.name.slice(0, -reference.tag.length - 1);
  print(`The push refers to repository [${repository}]`);
  const image = images.find(reference.name);
  if (image === undefined) {
    const problem = images.hasRepository(repository) ? `tag does not exist: ${reference.name}` : undefined;
    throw new DockerExit(problem ?? `An image does not exist locally with the tag: ${repository}`);
  }
  const client = new RegistryClient(reference.registry, storedAuthorization(reference.registry));
  // As docker does, and because a refusal of HEAD has no body that could say why.
  await (await client.ask('GET', '/v2/', [200])).arrayBuffer();
  const short = (diffId: string) => diffId.slice(7, 19);
  for (const layer of [...image.layers].reverse()) print(`${short(layer.diffId)}: Preparing`);
  for (const layer of [...image.layers].reverse()) {
    const isThere = await upload(client, reference.repository, layer.digest, images.blob(layer.digest));
    print(`${short(layer.diffId)}: ${isThere ? 'Layer already exists' : 'Pushed'}`);
  }
  await upload(client, reference.repository, image.id, image.configBody);
  const plan = pushPlan(image, format);
  for (const blob of plan.blobs) await upload(client, reference.repository, digestOf(blob), blob);
  for (const child of plan.children) await putManifest(client, reference.repository, child.digest, child);
  const { digest, body } = plan.tagged;
  await putManifest(client, reference.repository, reference.tag, plan.tagged);
  images.addRepositoryDigest(image.id, `${repository}@${digest}`);
  print(`${reference.tag}: digest: ${digest} size: ${body.length}`);
}

async function putManifest(
  client: RegistryClient,
  repository: string,
  reference: string,
  { mediaType, body }: PushedManifest,
): Promise<void> {
  const headers = { 'content-type': mediaType };
  const path = `/v2/${repository}/manifests/${reference}`;
  const answer = await client.ask('PUT', path, [201], { headers, body });
  await answer.arrayBuffer();
}

/** Uploads a blob unless it is there; tells whether it was. */
async function upload(
  client: RegistryClient,
  repository: string,
  digest: string,
  body: Buffer,
): Promise<boolean> {
  const head = await client.ask('HEAD', `/v2/${repository}/blobs/${digest}`, [200, 404]);
  if (head.status === 200) return true;
  const start = await client.ask('POST', `/v2/${repository}/blobs/uploads/`, [202]);
  await start.arrayBuffer();
  const headers = { 'content-type': 'application/octet-stream' };
  const patch = await client.ask('PATCH', locationOf(start), [202], { headers, body });
  await patch.arrayBuffer();
  const end = new URL(locationOf(patch), start.url);
  end.searchParams.set('digest', digest);
  const finished = await client.ask('PUT', end.href, [201], { headers });
  await finished.arrayBuffer();
  return false;
}

function locationOf(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new DockerExit('the registry named no place for the upload');
  return location;
}
