/** The origin under which clients reach the gateway: what absolute links begin with. */
export const PUBLIC_URL = Symbol('PUBLIC_URL');
