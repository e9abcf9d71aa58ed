export const id = 875;
export const ids = [875];
export const modules = {

/***/ 8875:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

// ESM COMPAT FLAG
__webpack_require__.r(__webpack_exports__);

// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  Ecr: () => (/* binding */ Ecr)
});

// EXTERNAL MODULE: ./node_modules/@aws-sdk/client-ecr/dist-cjs/index.js
var dist_cjs = __webpack_require__(8249);
// EXTERNAL MODULE: ./build/runner/http.js
var http = __webpack_require__(8131);
// EXTERNAL MODULE: ./build/aws/client.js
var client = __webpack_require__(5811);
// EXTERNAL MODULE: ./build/aws/refusal.js
var refusal = __webpack_require__(5590);
// EXTERNAL MODULE: ./build/aws/transfer.js
var transfer = __webpack_require__(879);
;// CONCATENATED MODULE: ./build/aws/ecr-probes.js



/** A digest and an upload that don't exist, and a manifest that is none: nothing can come of them. */
const NO_DIGEST = `sha256:${'0'.repeat(64)}`;
const NO_UPLOAD = '00000000-0000-0000-0000-000000000000';
const NO_MANIFEST = '{}';
const PROBES = {
    'ecr:BatchCheckLayerAvailability': (client, where) => client.send(new dist_cjs/* BatchCheckLayerAvailabilityCommand */.YmI({ ...where, layerDigests: [NO_DIGEST] })),
    // Begins an upload that nobody completes: it has no form that can't succeed.
    'ecr:InitiateLayerUpload': (client, where) => client.send(new dist_cjs/* InitiateLayerUploadCommand */.Do9(where)),
    'ecr:UploadLayerPart': (client, where) => client.send(new dist_cjs/* UploadLayerPartCommand */.bVv({
        ...where,
        uploadId: NO_UPLOAD,
        partFirstByte: 0,
        partLastByte: 0,
        layerPartBlob: new Uint8Array([0]),
    })),
    'ecr:CompleteLayerUpload': (client, where) => client.send(new dist_cjs/* CompleteLayerUploadCommand */.fU9({ ...where, uploadId: NO_UPLOAD, layerDigests: [NO_DIGEST] })),
    'ecr:PutImage': (client, where) => client.send(new dist_cjs/* PutImageCommand */.SUU({ ...where, imageManifest: NO_MANIFEST })),
    'ecr:BatchGetImage': (client, where) => client.send(new dist_cjs/* BatchGetImageCommand */.P8n({ ...where, imageIds: [{ imageDigest: NO_DIGEST }] })),
    'ecr:GetDownloadUrlForLayer': (client, where) => client.send(new dist_cjs/* GetDownloadUrlForLayerCommand */.pKL({ ...where, layerDigest: NO_DIGEST })),
};
/**
 * Asks for each action that is needed, side by side, by calls that can't succeed (but for the beginning of an
 * upload). Only a denial is evidence: any other refusal comes from behind the authorization, or says nothing.
 */
async function probeTransfer(client, way, { name, registryId }) {
    const where = { repositoryName: name, ...(registryId ? { registryId } : {}) };
    const answers = await Promise.all(transfer/* TRANSFER_ACTIONS */.q[way].map(async (action) => {
        const problem = await PROBES[action]?.(client, where).then(() => undefined, refusal/* readRefusal */.n);
        return { action, kind: problem?.kind, message: problem?.message ?? '' };
    }));
    return {
        denied: answers.filter(({ kind }) => kind === 'access-denied'),
        unclear: answers.filter(({ kind }) => kind && kind !== 'access-denied' && !ANSWERED.has(kind)),
    };
}
/** Refusals of what was asked, given to those who may ask. */
const ANSWERED = new Set(['not-found', 'other']);

;// CONCATENATED MODULE: ./build/aws/ecr.js




/** No scan, none of this kind of image, or no such image (API_DescribeImageScanFindings). */
const NEVER_SCANNED = /^(ScanNotFoundException|UnsupportedImageTypeException|ImageNotFoundException)$/;
/** An address without a scheme is read as https; on this machine as http. */
function endpointUrl(text) {
    if (/^https?:\/\//.test(text))
        return URL.parse(text);
    const url = URL.parse(`https://${text}`);
    return url && (0,http/* isLoopback */.U9)(url.hostname) ? URL.parse(`http://${text}`) : url;
}
/** Elastic Container Registry's API. Its methods throw the SDK's errors: see `readRefusal`. */
class Ecr {
    #client;
    constructor(settings) {
        this.#client = new dist_cjs/* ECRClient */.S70((0,client.clientConfig)(settings));
    }
    /** A password for docker and the registry's HTTP API, good for 12 hours. */
    async login() {
        const { authorizationData } = await this.#client.send(new dist_cjs/* GetAuthorizationTokenCommand */.Eu6({}));
        const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
        const [username, password] = Buffer.from(authorizationToken ?? '', 'base64')
            .toString('utf8')
            .split(/:(.*)/s);
        const endpoint = endpointUrl(proxyEndpoint ?? '');
        if (!username || !password || !endpoint)
            throw new Error('GetAuthorizationToken answered without a login');
        return { username, password, endpoint };
    }
    /** The repository of that name. Throws RepositoryNotFoundException. */
    async repository(name, registryId) {
        const { repositories } = await this.#client.send(new dist_cjs/* DescribeRepositoriesCommand */.pE_({ repositoryNames: [name], ...(registryId ? { registryId } : {}) }));
        const found = repositories?.[0];
        if (!found?.repositoryUri || !found.registryId)
            throw new Error('DescribeRepositories answered without a URI');
        return {
            name,
            uri: found.repositoryUri,
            registryId: found.registryId,
            mutability: found.imageTagMutability ?? 'MUTABLE',
            mutabilityExclusions: (found.imageTagMutabilityExclusionFilters ?? []).flatMap(({ filter }) => filter ?? []),
        };
    }
    /** Names of up to 1,000 repositories of the registry, for naming what was probably meant. */
    async repositoryNames(registryId) {
        const { repositories } = await this.#client.send(new dist_cjs/* DescribeRepositoriesCommand */.pE_({ maxResults: 1000, ...(registryId ? { registryId } : {}) }));
        return (repositories ?? []).flatMap(({ repositoryName }) => repositoryName ?? []);
    }
    /** Tags that point at the digest; none where there is no such image. */
    async tagsOf(repository, digest) {
        const { imageDetails } = await this.#client.send(new dist_cjs/* DescribeImagesCommand */.ji5({
            repositoryName: repository.name,
            registryId: repository.registryId,
            imageIds: [{ imageDigest: digest }],
        }));
        return imageDetails?.[0]?.imageTags ?? [];
    }
    /** The ten images that were pushed last, newest first, of the 1,000 that the API gives at once. */
    async newestImages(repository) {
        const { imageDetails } = await this.#client.send(new dist_cjs/* DescribeImagesCommand */.ji5({
            repositoryName: repository.name,
            registryId: repository.registryId,
            filter: { tagStatus: 'TAGGED' },
            maxResults: 1000,
        }));
        return [...(imageDetails ?? [])]
            .sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))
            .slice(0, 10)
            .map(({ imageTags, imageDigest, imagePushedAt }) => ({
            tags: imageTags ?? [],
            digest: imageDigest ?? '',
            pushedAt: imagePushedAt,
        }));
    }
    /** Asks for each action that a push or a pull needs, by calls that change nothing. Never throws. */
    async probe(way, repository) {
        return await probeTransfer(this.#client, way, repository);
    }
    /** The repository's lifecycle policy as JSON text; undefined where it has none. */
    async lifecyclePolicy({ name, registryId }) {
        try {
            const { lifecyclePolicyText } = await this.#client.send(new dist_cjs/* GetLifecyclePolicyCommand */.O0C({ repositoryName: name, ...(registryId ? { registryId } : {}) }));
            return lifecyclePolicyText;
        }
        catch (error) {
            if (error instanceof Error && error.name === 'LifecyclePolicyNotFoundException')
                return undefined;
            throw error;
        }
    }
    /** How many findings of each severity the last scan of an image had; undefined where it was never scanned. */
    async scanCounts(repository, digest) {
        try {
            const { imageScanFindings } = await this.#client.send(new dist_cjs/* DescribeImageScanFindingsCommand */.TQ0({
                repositoryName: repository.name,
                registryId: repository.registryId,
                imageId: { imageDigest: digest },
                maxResults: 1,
            }));
            return imageScanFindings?.findingSeverityCounts;
        }
        catch (error) {
            if (error instanceof Error && NEVER_SCANNED.test(error.name))
                return undefined;
            throw error;
        }
    }
}


/***/ })

};
