//! Sets up how the library is linked for Node.

fn main() {
    napi_build::setup();
}
