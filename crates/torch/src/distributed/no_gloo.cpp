// Replaces c10d.cpp if libtorch was built without Gloo: the same functions, each of which says so. A caller gives up
// after the first, and C names have no types, so the parameters can be left out.

#include <cstring>

static char* absent() {
  return strdup("this libtorch was built without Gloo");
}

extern "C" {
char* zta_store_new() { return absent(); }
char* zta_store_set() { return absent(); }
char* zta_store_get() { return absent(); }
char* zta_gloo_new() { return absent(); }
char* zta_gloo_allreduce() { return absent(); }
char* zta_gloo_broadcast() { return absent(); }
void zta_store_free() {}
void zta_gloo_free() {}
}
