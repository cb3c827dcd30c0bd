"""QR codes as pictures: `pendopo.kit.qr`."""

from ..qr import qr_png as qr_png
from ..qr import qr_svg as qr_svg
