#include "driver/tile_band.h"

#include "driver/gdal_edge.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace tiledir::driver
{

namespace
{

template <class Integer> Integer integer_of(double value, GDALDataType type)
{
    Integer integer = 0;
    GDALCopyWords(&value, GDT_Float64, 0, &integer, type, 0, 1);
    return integer;
}

template <class Value> Value answer(bool known, Value value, int *success)
{
    if (success != nullptr)
    {
        *success = known ? TRUE : FALSE;
    }
    return value;
}

} // namespace

TileBand::TileBand(TileDataset &dataset, int number)
{
    poDS = &dataset;
    nBand = number;
    const stac::TileMatrix &matrix = dataset.reader().matrix(dataset.level().matrix);
    eDataType = dataset.reader().bands()[number - 1].type;
    nRasterXSize = dataset.GetRasterXSize();
    nRasterYSize = dataset.GetRasterYSize();
    nBlockXSize = matrix.tile_width;
    nBlockYSize = matrix.tile_height;
}

CPLErr TileBand::IReadBlock(int block_col, int block_row, void *data)
{
    const int col = block_col * nBlockXSize;
    const int row = block_row * nBlockYSize;
    PixelTarget target;
    target.data = static_cast<unsigned char *>(data);
    target.type = eDataType;
    target.pixel_space = GDALGetDataTypeSizeBytes(eDataType);
    target.line_space = static_cast<std::ptrdiff_t>(target.pixel_space) * nBlockXSize;
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            target.bands = {nBand - 1};
                            dataset().read_ahead(col, row, nBand - 1);
                            return dataset().read_directly(col, row, std::min(nBlockXSize, nRasterXSize - col),
                                                           std::min(nBlockYSize, nRasterYSize - row), target, nullptr);
                        });
}

CPLErr TileBand::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                           int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                           GDALRasterIOExtraArg *extra)
{
    if (!dataset().reads_directly(flag, width, height, buffer_width, buffer_height, pixel_space))
    {
        const TileDataset::ReadAhead ahead(dataset(), col, row, width, height, buffer_width, buffer_height);
        return GDALPamRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height,
                                            buffer_type, pixel_space, line_space, extra);
    }
    return at_gdal_edge(CE_Failure,
                        [&]
                        {
                            const PixelTarget target{
                                static_cast<unsigned char *>(data),      buffer_type, static_cast<int>(pixel_space),
                                static_cast<std::ptrdiff_t>(line_space), 0,           {nBand - 1}};
                            return dataset().read_directly(col, row, width, height, target, extra);
                        });
}

double TileBand::GetNoDataValue(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata ? answer(true, *nodata, success) : GDALPamRasterBand::GetNoDataValue(success);
}

int64_t TileBand::GetNoDataValueAsInt64(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata && eDataType == GDT_Int64 ? answer(true, integer_of<int64_t>(*nodata, eDataType), success)
                                            : GDALPamRasterBand::GetNoDataValueAsInt64(success);
}

uint64_t TileBand::GetNoDataValueAsUInt64(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata && eDataType == GDT_UInt64 ? answer(true, integer_of<uint64_t>(*nodata, eDataType), success)
                                             : GDALPamRasterBand::GetNoDataValueAsUInt64(success);
}

GDALColorInterp TileBand::GetColorInterpretation()
{
    return m_description.color != GCI_Undefined ? m_description.color : GDALPamRasterBand::GetColorInterpretation();
}

const char *TileBand::GetUnitType()
{
    return m_description.unit.empty() ? GDALPamRasterBand::GetUnitType() : m_description.unit.c_str();
}

double TileBand::GetScale(int *success)
{
    return m_description.scale ? answer(true, *m_description.scale, success) : GDALPamRasterBand::GetScale(success);
}

double TileBand::GetOffset(int *success)
{
    return m_description.offset ? answer(true, *m_description.offset, success) : GDALPamRasterBand::GetOffset(success);
}

int TileBand::GetOverviewCount()
{
    return static_cast<int>(dataset().overviews().size());
}

GDALRasterBand *TileBand::GetOverview(int index)
{
    if (index < 0 || index >= GetOverviewCount())
    {
        return nullptr;
    }
    return dataset().overviews()[index]->GetRasterBand(nBand);
}

const char *TileBand::GetMetadataItem(const char *name, const char *domain)
{
    if (domain == nullptr || name == nullptr || !EQUAL(domain, "LocationInfo"))
    {
        return GDALPamRasterBand::GetMetadataItem(name, domain);
    }
    return at_gdal_edge<const char *>(nullptr,
                                      [&]() -> const char *
                                      {
                                          m_location_info = location_info(name);
                                          return m_location_info.empty() ? nullptr : m_location_info.c_str();
                                      });
}

std::string TileBand::location_info(const std::string &name) const
{
    int col = -1;
    int row = -1;
    if (std::sscanf(name.c_str(), "Pixel_%d_%d", &col, &row) != 2 || col < 0 || row < 0 || col >= nRasterXSize ||
        row >= nRasterYSize)
    {
        return {};
    }
    const RasterLevel &level = dataset().level();
    const TileReader &reader = dataset().reader();
    const stac::TileRange tile =
        reader.matrix(level.matrix).tiles_of({level.window.col + col, level.window.row + row, 1, 1});
    const std::string path = reader.tile_path(level.matrix, tile.min_row, tile.min_col, nBand - 1);
    const std::unique_ptr<char, decltype(&VSIFree)> escaped(CPLEscapeString(path.c_str(), -1, CPLES_XML), VSIFree);
    return std::string("<LocationInfo><File>") + escaped.get() + "</File></LocationInfo>";
}

} // namespace tiledir::driver
