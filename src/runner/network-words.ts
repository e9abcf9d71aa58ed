/** What is in the way of an answer, as far as it takes a remedy of its own. */
export type Obstacle = 'no-way' | 'certificate' | 'no-tls' | 'not-aws';

/** Node's codes for what went wrong on the way, in words that follow the name of a host. */
const WORDS: Readonly<Record<string, readonly [words: string, obstacle?: Obstacle]>> = {
  ECONNREFUSED: ['refused the connection', 'no-way'],
  ENOTFOUND: ['has no address (DNS)', 'no-way'],
  EAI_AGAIN: ['has no address just now (DNS)', 'no-way'],
  ECONNRESET: ['closed the connection without an answer'],
  ETIMEDOUT: ['could not be reached', 'no-way'],
  CERT_HAS_EXPIRED: ['has a certificate that has expired', 'certificate'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['has a self-signed certificate', 'certificate'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['has a certificate for another name', 'certificate'],
  CERT_NOT_YET_VALID: ['has a certificate that is not valid yet', 'certificate'],
  SELF_SIGNED_CERT_IN_CHAIN: ['has a certificate whose issuer is not known here', 'certificate'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['has a certificate whose issuer is not known here', 'certificate'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['has a certificate whose issuer is not known here', 'certificate'],
  EPROTO: ['does not speak TLS as asked for (is it plain http?)', 'no-tls'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['does not speak TLS there (is it plain http?)', 'no-tls'],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: ['does not speak TLS there (is it plain http?)', 'no-tls'],
  EHOSTUNREACH: ['could not be reached (no route)', 'no-way'],
  ENETUNREACH: ['could not be reached (no route; IPv6, perhaps)', 'no-way'],
  ERR_INVALID_PROTOCOL: ['was named by an address that is not http(s)'],
};

/** The words for a code; undefined for one that has none here. */
export function networkWords(code: string | undefined): string | undefined {
  return code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code]?.[0] : undefined;
}

/** What a code stands for. */
export function obstacleOf(code: string | undefined): Obstacle | undefined {
  return code !== undefined && Object.hasOwn(WORDS, code) ? WORDS[code]?.[1] : undefined;
}
