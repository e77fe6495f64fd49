{
  "targets": [
    {
      "target_name": "rivero_datapath",
      "sources": [
        "src/addon.cc",
        "src/aes-cm-transform.cc",
        "src/aes-gcm-transform.cc",
        "src/datapath-addon.cc",
        "src/datapath.cc",
        "src/received-rows.cc",
        "src/socket-group.cc",
        "src/socket-table.cc",
        "src/sockets-addon.cc",
        "src/srtp-crypto.cc",
        "src/srtp-receiver.cc",
        "src/srtp-sender.cc",
        "src/srtp-transform.cc",
        "src/udp-socket.cc",
        "src/write-packet.cc"
      ],
      "defines": ["NAPI_VERSION=9", "NAPI_DISABLE_CPP_EXCEPTIONS", "NODE_ADDON_API_DISABLE_DEPRECATED", "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS"],
      "cflags_cc!": ["-std=gnu++17", "-std=gnu++20"],
      "cflags_cc": ["-isystem", "<!(node -p \"require('path').resolve(require('node-addon-api').include_dir)\")", "-std=c++20", "-O3", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wpedantic", "-Werror", "-fvisibility=hidden"]
    }
  ]
}
