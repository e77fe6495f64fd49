import { SendBatch } from '@rivero/core';
import type { Datapath } from '@rivero/datapath';
import type { RouterSink } from '@rivero/router';

/** Rows of one send batch. */
const sendRowsMax = 256;

/** Where packets of a worker's routers leave: by its datapath. */
export function datapathSink(datapath: Datapath): RouterSink {
  const batch = new SendBatch(sendRowsMax);
  return {
    batch,
    flush: () => {
      if (batch.count > 0) datapath.send(batch);
    },
    sendRtcp: (session, compound) => datapath.sendRtcp(session, compound),
    openStream: (stream) => datapath.openStream(stream),
    closeStream: (stream) => datapath.closeStream(stream),
  };
}
