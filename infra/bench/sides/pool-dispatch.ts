import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool, type Dispatcher } from 'undici';
import { listening } from './listening.ts';

/* The least that a proxy in Node can do: headers go in and out as they came, and no stream is made for a request without a body. */

const pool = new Pool(process.env.UPSTREAM!, { connections: 256 });

class Answer implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }
  onRequestStart() {}
  onResponseStart(controller: Dispatcher.DispatchController, statusCode: number) {
    const headers = (controller.rawHeaders as Buffer[]).map((each) => each.toString('latin1'));
    this.#response.writeHead(
      statusCode,
      headers.filter((_, index) => !/^(connection|keep-alive)$/i.test(headers[index - (index % 2)]!)),
    );
  }
  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer) {
    this.#response.write(chunk);
  }
  onResponseEnd() {
    this.#response.end();
  }
  onResponseError() {
    this.#response.destroy();
  }
}

const server = createServer(({ method, url, rawHeaders }, response) => {
  pool.dispatch({ method: method as Dispatcher.HttpMethod, path: url!, headers: rawHeaders }, new Answer(response));
});
server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port));
