/** The uv that is fetched when a machine has none: one version, so that every such build does the same. */
export const UV_VERSION = "0.13.8";

export interface UvWheel {
  readonly file: string;
  readonly sha256: string;
}

const ARM: UvWheel = {
  file: "uv-0.13.8-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
  sha256: "0b3e8b1a4f5e405e31e2ff33de8af4744831e9f7338539671efbd8c3c94e791d",
};

/** Processor and libc to the wheel with uv's program in it. The digests are those of the index at the release. */
export const UV_WHEELS: Readonly<Record<string, UvWheel>> = {
  "x86_64/glibc": {
    file: "uv-0.13.8-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    sha256: "e18a57b8b352eb7c8feb317b9f6f533c8f0ad9673fd6cf34bbe3cf1a9f6a8984",
  },
  "x86_64/musl": {
    file: "uv-0.13.8-py3-none-musllinux_1_1_x86_64.whl",
    sha256: "29451c60f5e8b07403e0a175d5229efc36b0289b34143ff4aaa499a5dd52553a",
  },
  "aarch64/glibc": ARM,
  "aarch64/musl": ARM,
};
