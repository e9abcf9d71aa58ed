export const id = 86;
export const ids = [86];
export const modules = {

/***/ 2086:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

__webpack_require__.r(__webpack_exports__);
/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Sts: () => (/* binding */ Sts)
/* harmony export */ });
/* harmony import */ var _aws_sdk_client_sts__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(1695);
/* harmony import */ var _client_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5811);


/** Security Token Service. Its methods throw the SDK's errors: see `readRefusal`. */
class Sts {
    #client;
    constructor(settings) {
        this.#client = new _aws_sdk_client_sts__WEBPACK_IMPORTED_MODULE_1__/* .STSClient */ .iM((0,_client_js__WEBPACK_IMPORTED_MODULE_0__.clientConfig)(settings));
    }
    /** The credentials that the client signs with. Throws what their source throws. */
    async credentials() {
        return await this.#client.config.credentials();
    }
    /** Whose credentials these are. Needs no permission. */
    async callerIdentity() {
        const { Account, Arn } = await this.#client.send(new _aws_sdk_client_sts__WEBPACK_IMPORTED_MODULE_1__/* .GetCallerIdentityCommand */ .zI({}));
        if (!Account || !Arn)
            throw new Error('GetCallerIdentity answered without an account');
        return { accountId: Account, arn: Arn };
    }
    /** Temporary credentials of a role, by the caller's own credentials. */
    async assumeRole(input) {
        const { Credentials } = await this.#client.send(new _aws_sdk_client_sts__WEBPACK_IMPORTED_MODULE_1__/* .AssumeRoleCommand */ .QL({
            RoleArn: input.role,
            RoleSessionName: input.sessionName,
            DurationSeconds: input.durationSeconds,
            ...(input.externalId ? { ExternalId: input.externalId } : {}),
        }));
        return toIdentity(Credentials);
    }
    /** Temporary credentials of a role, by an OIDC token. The request is not signed. */
    async assumeRoleWithWebIdentity(input, token) {
        const { Credentials } = await this.#client.send(new _aws_sdk_client_sts__WEBPACK_IMPORTED_MODULE_1__/* .AssumeRoleWithWebIdentityCommand */ .WH({
            RoleArn: input.role,
            RoleSessionName: input.sessionName,
            DurationSeconds: input.durationSeconds,
            WebIdentityToken: token,
        }));
        return toIdentity(Credentials);
    }
}
function toIdentity(credentials) {
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey)
        throw new Error('STS answered without credentials');
    return {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(SessionToken ? { sessionToken: SessionToken } : {}),
        ...(Expiration ? { expiration: Expiration } : {}),
    };
}


/***/ })

};
