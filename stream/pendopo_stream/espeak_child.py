"""`python -m pendopo_stream.espeak_child VOICE WPM`: words from stdin, a WAV to stdout, by the library in espeakng-loader.

A process of its own because espeak-ng is GPL-3 and because a crash in it must not end the station.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys

RETRIEVAL = 2  # AUDIO_OUTPUT_SYNCHRONOUS: sound goes to the callback only, before espeak_Synth returns
UTF8 = 1
RATE = 1  # espeakRATE


def main() -> int:
    import espeakng_loader

    voice, speed = sys.argv[1], int(sys.argv[2])
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate_hz = library.espeak_Initialize(RETRIEVAL, 0, os.fsencode(espeakng_loader.get_data_path()), 0)
    if rate_hz <= 0:
        print("espeak-ng could not be started", file=sys.stderr)
        return 1
    if library.espeak_SetVoiceByName(voice.encode()) != 0:
        print(f"espeak-ng has no voice {voice!r}", file=sys.stderr)
        return 1
    library.espeak_SetParameter(RATE, speed, 0)
    sound = bytearray()

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def take(samples: ctypes.Array, count: int, events: int) -> int:
        if samples and count > 0:
            sound.extend(ctypes.string_at(samples, count * 2))
        return 0

    library.espeak_SetSynthCallback(take)
    text = sys.stdin.buffer.read().replace(b"\0", b" ")
    if library.espeak_Synth(text + b"\0", ctypes.c_size_t(len(text) + 1), 0, 1, 0, UTF8, None, None) != 0:
        print("espeak-ng could not speak", file=sys.stderr)
        return 1
    library.espeak_Synchronize()
    header = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(sound), b"WAVE", b"fmt ", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16, b"data", len(sound))
    sys.stdout.buffer.write(header + bytes(sound))
    return 0


if __name__ == "__main__":
    sys.exit(main())
