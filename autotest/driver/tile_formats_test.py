"""Tiles of every raster format that this GDAL can write, and bands that are stored otherwise than the item says."""

import numpy
import pytest
from osgeo import gdal

from one_tile import OneTile, encoded, image, memory_raster


def raster_drivers():
    for index in range(gdal.GetDriverCount()):
        driver = gdal.GetDriver(index)
        can = driver.GetMetadataItem
        if can("DCAP_RASTER") and can("DCAP_VIRTUALIO") and (can("DCAP_CREATE") or can("DCAP_CREATECOPY")):
            if driver.ShortName not in ("MEM", "VRT", "TileDir"):
                yield driver.ShortName


KINDS = [(1, "uint8"), (3, "uint8"), (4, "uint8"), (1, "uint16"), (1, "int16"), (1, "float32"), (1, "float64")]


def gdal_reads(content, extension):
    path = f"/vsimem/alone.{extension}"
    gdal.FileFromMemBuffer(path, content)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        dataset = gdal.Open(path)
        if dataset is None or dataset.RasterCount == 0 or (dataset.RasterXSize, dataset.RasterYSize) != (64, 64):
            return None
        return dataset.ReadAsArray(), dataset.GetRasterBand(1).GetMaskBand().ReadAsArray()
    finally:
        gdal.PopErrorHandler()
        dataset = None
        gdal.Unlink(path)


def alone(driver, bands, dtype):
    """A file of 64 x 64 pixels, its pixels and mask; None where the driver makes no such file, or several at once."""
    content = encoded(driver, memory_raster(image(bands, dtype)))
    read = content and gdal_reads(content, gdal.GetDriverByName(driver).GetMetadataItem("DMD_EXTENSION") or "bin")
    return (content, *read) if read else None


def formats_of_one_file():
    return sorted(driver for driver in raster_drivers() if any(alone(driver, *kind) for kind in KINDS))


@pytest.mark.parametrize("driver", formats_of_one_file())
def test_a_tile_of_any_format_is_read_as_gdal_reads_it_alone(tmp_path, driver):
    extension = gdal.GetDriverByName(driver).GetMetadataItem("DMD_EXTENSION") or "bin"
    for bands, dtype in KINDS:
        made = alone(driver, bands, dtype)
        if not made:
            continue
        content, pixels, mask = made
        dataset = OneTile(tmp_path / f"{bands}-{dtype}", extension, content).open()
        assert numpy.array_equal(dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() == 0, mask == 0)
        valid = numpy.broadcast_to(mask != 0, pixels.shape)
        assert numpy.array_equal(dataset.ReadAsArray()[valid], pixels[valid], equal_nan=True)


OPTIONS = [
    ("GTiff", 3, "uint8", ["COMPRESS=JPEG", "PHOTOMETRIC=YCBCR"]),
    ("GTiff", 1, "float32", ["COMPRESS=LERC"]),
    ("GTiff", 1, "float32", ["COMPRESS=ZSTD", "PREDICTOR=3"]),
    ("GTiff", 3, "uint8", ["COMPRESS=WEBP", "WEBP_LOSSLESS=YES"]),
    ("GTiff", 3, "uint8", ["INTERLEAVE=BAND", "TILED=YES", "BLOCKXSIZE=16", "BLOCKYSIZE=16"]),
    ("GTiff", 1, "float32", ["NBITS=16"]),
    ("GTiff", 1, "uint8", ["PHOTOMETRIC=MINISWHITE"]),
    ("GTiff", 1, "complex64", []),
    ("GTiff", 2, "complex128", []),
    ("GTiff", 1, "int64", []),
    ("GTiff", 1, "uint64", []),
    ("PNG", 1, "uint16", []),
    ("PNG", 2, "uint8", []),
    ("JPEG", 1, "uint8", ["QUALITY=90"]),
    ("WEBP", 4, "uint8", ["LOSSLESS=YES"]),
    ("JP2OpenJPEG", 3, "uint16", ["REVERSIBLE=YES", "QUALITY=100"]),
]


@pytest.mark.parametrize("driver, bands, dtype, options", OPTIONS)
def test_variants_of_formats_are_read_as_gdal_reads_them_alone(tmp_path, driver, bands, dtype, options):
    if gdal.GetDriverByName(driver) is None:
        pytest.skip(f"this GDAL has no {driver}")
    content = encoded(driver, memory_raster(image(bands, dtype)), options)
    if content is None:
        pytest.skip(f"this GDAL's {driver} has no {options}")
    extension = gdal.GetDriverByName(driver).GetMetadataItem("DMD_EXTENSION")
    pixels, _ = gdal_reads(content, extension)
    told = [{"name": str(band), "data_type": dtype.replace("complex64", "cfloat32").replace("complex128", "cfloat64")}
            for band in range(bands)]
    for name, described in [("probed", None), ("told", told)]:
        dataset = OneTile(tmp_path / name, extension, content, bands=described).open()
        read = dataset.ReadAsArray()
        assert read.dtype == (numpy.dtype(dtype) if described else pixels.dtype)
        assert numpy.array_equal(read, pixels)


def rgb_names(*more):
    return [{"name": name, "data_type": "uint8", "eo:common_name": name} for name in ("red", "green", "blue", *more)]


def plain(count, **more):
    return [dict({"name": f"b{band}", "data_type": "uint8"}, **more) for band in range(count)]


def test_alpha_that_a_tile_lacks_is_opaque(tmp_path):
    rgb = image(3)
    dataset = OneTile(tmp_path, "png", encoded("PNG", memory_raster(rgb)), bands=rgb_names("alpha")).open()
    assert numpy.array_equal(dataset.ReadAsArray(), numpy.concatenate([rgb, numpy.full_like(rgb[:1], 255)]))


def test_alpha_that_a_gray_tile_of_16_bits_lacks_is_opaque(tmp_path):
    gray = image(1, "uint16")
    bands = [{"name": "g", "data_type": "uint16"}, {"name": "a", "data_type": "uint16"}]
    content = encoded("PNG", memory_raster(gray))
    dataset = OneTile(tmp_path, "png", content, bands=bands, media_type="image/png").open()
    assert numpy.array_equal(dataset.ReadAsArray(), numpy.concatenate([gray, numpy.full_like(gray, 65535)]))


def test_the_fourth_band_of_png_is_alpha_where_the_item_is_silent(tmp_path):
    """As `gdal raster tile` writes it: it drops the alpha of opaque tiles."""
    rgb = image(3)
    bands = rgb_names() + plain(1)
    dataset = OneTile(tmp_path, "png", encoded("PNG", memory_raster(rgb)), bands=bands, media_type="image/png").open()
    assert dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert (dataset.GetRasterBand(4).ReadAsArray() == 255).all()
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_ALPHA | gdal.GMF_PER_DATASET


def rgba(size=64):
    pixels = image(4, size=size)
    pixels[3] = 255
    pixels[3, :20] = 0
    pixels[3, 20:30] = 100
    raster = memory_raster(pixels)
    raster.GetRasterBand(4).SetColorInterpretation(gdal.GCI_AlphaBand)
    return pixels, raster


def test_alpha_that_the_item_does_not_tell_is_the_mask(tmp_path):
    pixels, raster = rgba()
    dataset = OneTile(tmp_path, "png", encoded("PNG", raster), bands=rgb_names()).open()
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[:3])
    assert dataset.GetRasterBand(1).GetMaskFlags() == gdal.GMF_PER_DATASET
    assert numpy.array_equal(dataset.GetRasterBand(1).GetMaskBand().ReadAsArray(), pixels[3])


def test_alpha_that_the_item_does_not_tell_becomes_its_nodata(tmp_path):
    pixels, raster = rgba()
    bands = [dict(band, nodata=0) for band in rgb_names()]
    dataset = OneTile(tmp_path, "png", encoded("PNG", raster), bands=bands).open()
    assert numpy.array_equal(dataset.ReadAsArray(), numpy.where(pixels[3] == 0, 0, pixels[:3]))


def test_a_four_band_tile_without_alpha_is_no_three_band_tile(tmp_path):
    content = encoded("GTiff", memory_raster(image(4)), ["PHOTOMETRIC=MINISBLACK", "ALPHA=NO"])
    folder = OneTile(tmp_path, "tif", content, bands=rgb_names())
    assert "0.tif: 64 x 64 pixels in 4 bands where 64 x 64 pixels in 3 bands are expected" in folder.error()


def test_a_three_band_tile_is_no_tile_of_red_green_blue_and_infrared(tmp_path):
    content = encoded("PNG", memory_raster(image(3)))
    folder = OneTile(tmp_path, "png", content, bands=rgb_names("nir"))
    assert "3 bands where 64 x 64 pixels in 4 bands are expected" in folder.error()


COLORS = [(10, 20, 30, 255), (200, 100, 0, 255), (5, 250, 130, 0), (255, 255, 255, 128)]


def paletted(colors=COLORS, size=64, seed=3):
    indices = numpy.random.default_rng(seed).integers(0, len(colors), (1, size, size)).astype("uint8")
    raster = memory_raster(indices)
    table = gdal.ColorTable()
    for index, color in enumerate(colors):
        table.SetColorEntry(index, color)
    raster.GetRasterBand(1).SetColorTable(table)
    raster.GetRasterBand(1).SetColorInterpretation(gdal.GCI_PaletteIndex)
    return indices, raster


@pytest.mark.parametrize("driver, extension", [("PNG", "png"), ("GTiff", "tif")])
def test_a_band_has_the_colour_table_of_its_tile(tmp_path, driver, extension):
    indices, raster = paletted([color[:3] + (255,) for color in COLORS])
    dataset = OneTile(tmp_path, extension, encoded(driver, raster), bands=plain(1)).open()
    band = dataset.GetRasterBand(1)
    assert band.GetColorInterpretation() == gdal.GCI_PaletteIndex
    assert [band.GetColorTable().GetColorEntry(index)[:3] for index in range(4)] == [color[:3] for color in COLORS]
    assert numpy.array_equal(dataset.ReadAsArray(), indices[0])


@pytest.mark.parametrize("bands", [3, 4])
def test_paletted_tiles_are_expanded_where_the_item_tells_of_colours(tmp_path, bands):
    indices, raster = paletted()
    names = rgb_names("alpha")[:bands]
    dataset = OneTile(tmp_path, "png", encoded("PNG", raster), bands=names).open()
    expected = numpy.array(COLORS, "uint8")[indices[0]].transpose(2, 0, 1)
    assert numpy.array_equal(dataset.ReadAsArray(), expected[:bands])
    assert numpy.array_equal(dataset.GetRasterBand(1).GetMaskBand().ReadAsArray(), expected[3])


def test_the_colours_of_bands_are_those_of_their_common_names(tmp_path):
    names = ["red", "nir", "nir08", "rededge", "swir16", "coastal", "pan", "lwir11", "yellow", "other"]
    bands = [{"name": name, "data_type": "uint8", "eo:common_name": name} for name in names]
    dataset = OneTile(tmp_path, "tif", encoded("GTiff", memory_raster(image(10))), bands=bands).open()
    colors = [dataset.GetRasterBand(number + 1).GetColorInterpretation() for number in range(len(names))]
    new = ["NIRBand", "NIRBand", "RedEdgeBand", "SWIRBand", "CoastalBand", "PanBand", "LWIRBand"]
    expected = [gdal.GCI_RedBand, *(getattr(gdal, "GCI_" + name, gdal.GCI_Undefined) for name in new)]
    assert colors == expected + [gdal.GCI_YellowBand, gdal.GCI_Undefined]


def test_colours_that_the_item_leaves_out_are_those_of_the_tile(tmp_path):
    _, raster = rgba()
    for number, color in enumerate([gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand]):
        raster.GetRasterBand(number + 1).SetColorInterpretation(color)
    dataset = OneTile(tmp_path, "tif", encoded("GTiff", raster), bands=plain(4)).open()
    colors = [dataset.GetRasterBand(number).GetColorInterpretation() for number in (1, 2, 3, 4)]
    assert colors == [gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand, gdal.GCI_AlphaBand]


def test_signed_bytes_are_negative_numbers(tmp_path):
    """GDAL knows Int8 since 3.7; before, such tiles are Byte and say SIGNEDBYTE, and the band is Int16."""
    signed = numpy.arange(-128, 128, dtype="int16").repeat(16).reshape(1, 64, 64)
    int8 = gdal.GetDataTypeByName("Int8")
    if int8 == gdal.GDT_Unknown:
        raster = memory_raster(signed.astype("int8").view("uint8"))
        content = encoded("GTiff", raster, ["PIXELTYPE=SIGNEDBYTE"])
    else:
        raster = gdal.GetDriverByName("MEM").Create("", 64, 64, 1, int8)
        raster.WriteArray(signed[0].astype("int8"))
        content = encoded("GTiff", raster)
    for name, bands in [("probed", None), ("told", [{"name": "a", "data_type": "int8", "nodata": -128}])]:
        dataset = OneTile(tmp_path / name, "tif", content, bands=bands).open()
        assert dataset.GetRasterBand(1).DataType == (int8 or gdal.GDT_Int16)
        assert numpy.array_equal(dataset.ReadAsArray(), signed[0])
    assert dataset.GetRasterBand(1).GetNoDataValue() == -128


def test_half_floats_are_read_as_the_smallest_type_that_holds_them(tmp_path):
    pixels = image(1, "float32") / 4
    content = encoded("GTiff", memory_raster(pixels), ["NBITS=16"])
    dataset = OneTile(tmp_path, "tif", content, bands=[{"name": "a", "data_type": "float16"}]).open()
    assert dataset.GetRasterBand(1).DataType == (gdal.GetDataTypeByName("Float16") or gdal.GDT_Float32)
    assert numpy.array_equal(dataset.ReadAsArray().astype("float32"), pixels[0])


@pytest.mark.parametrize(
    "dtype, nodata", [("int64", -(2**63)), ("int64", 2**53 + 1), ("uint64", 2**64 - 1), ("uint64", 2**63 + 1)]
)
def test_nodata_of_64_bits_is_exact(tmp_path, dtype, nodata):
    pixels = image(1, dtype)
    pixels[0, 0, :] = nodata
    pixels[0, 1, :] = nodata + (1 if nodata < 0 else -1)
    content = encoded("GTiff", memory_raster(pixels))
    bands = [{"name": "a", "data_type": dtype, "nodata": nodata}]
    dataset = OneTile(tmp_path, "tif", content, bands=bands).open()
    assert dataset.GetRasterBand(1).GetNoDataValue() == nodata
    assert numpy.array_equal(dataset.ReadAsArray(), pixels[0])
    (tmp_path / "0.tif").unlink()
    assert (gdal.Open(str(tmp_path)).ReadAsArray() == numpy.array(nodata, dtype)).all()


def test_nodata_of_64_bits_of_a_tile_is_exact_too(tmp_path):
    raster = gdal.GetDriverByName("GTiff").Create("/vsimem/int64.tif", 64, 64, 1, gdal.GDT_Int64)
    raster.GetRasterBand(1).SetNoDataValue(2**53 + 1)
    del raster
    file = gdal.VSIFOpenL("/vsimem/int64.tif", "rb")
    content = bytes(gdal.VSIFReadL(1, 10**6, file))
    gdal.VSIFCloseL(file)
    gdal.Unlink("/vsimem/int64.tif")
    dataset = OneTile(tmp_path, "tif", content).open()
    assert dataset.GetRasterBand(1).GetNoDataValue() == 2**53 + 1
