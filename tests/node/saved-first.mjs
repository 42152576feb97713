// Loaded before Azurite: lets it answer only when what it answers is on the disk, as the service does. By itself it
// keeps what it knows of blobs in memory for up to five seconds, and a process that is killed forgets it.
import { ServerResponse } from "node:http";
import Loki from "lokijs";

const stores = [];

const configureOptions = Loki.prototype.configureOptions;
Loki.prototype.configureOptions = function (...options) {
  stores.push(this);
  return configureOptions.apply(this, options);
};

const end = ServerResponse.prototype.end;
ServerResponse.prototype.end = function (...last) {
  const unsaved = new Set(stores.filter((store) => store.autosaveDirty() || store.throttledSavePending));
  let left = unsaved.size;
  if (left === 0) return end.apply(this, last);
  for (const store of unsaved) {
    store.saveDatabase((error) => {
      if (error) throw error;
      left -= 1;
      if (left === 0) end.apply(this, last);
    });
  }
  return this;
};
