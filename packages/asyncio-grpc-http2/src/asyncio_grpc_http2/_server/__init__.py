"""The server: its face is that of `grpc.aio.Server`, so that servicers and generated code need no change."""
