#include "driver/dataset/tile_band.h"

#include "driver/dataset/tile_mask_band.h"
#include "driver/store/gdal_edge.h"

#include <cpl_conv.h>
#include <cpl_string.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <memory>

namespace tiledir::driver
{

namespace
{

/// Tiles looked for to know colours that the item leaves out: on a network each costs a request.
constexpr int kMaxTilesSought = 256;
constexpr int kMaxTilesSoughtOnNetwork = 4;
constexpr std::int64_t kMaxTilesLookedAt = 65536; ///< for their coverage

template <class Value> Value answer(bool known, Value value, int *success)
{
    if (success != nullptr)
    {
        *success = known ? TRUE : FALSE;
    }
    return value;
}

/// As many digits as it takes.
std::string number_text(double value)
{
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
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

TileBand::~TileBand() = default;

void TileBand::tell_statistics()
{
    if (!m_description.statistics)
    {
        return;
    }
    const stac::BandStatistics &told = *m_description.statistics;
    const auto set = [this](const char *name, std::optional<double> value)
    { SetMetadataItem(name, value ? number_text(*value).c_str() : nullptr); };
    set("STATISTICS_MINIMUM", told.minimum);
    set("STATISTICS_MAXIMUM", told.maximum);
    set("STATISTICS_MEAN", told.mean);
    set("STATISTICS_STDDEV", told.stddev);
    set("STATISTICS_VALID_PERCENT", told.valid_percent);
    set("STATISTICS_APPROXIMATE", std::nullopt);
}

CPLErr TileBand::SetStatistics(double minimum, double maximum, double mean, double deviation)
{
    if (eAccess == GA_Update)
    {
        poDS->FlushCache(false);
    }
    return GDALPamRasterBand::SetStatistics(minimum, maximum, mean, deviation);
}

CPLErr TileBand::IReadBlock(int block_col, int block_row, void *data)
{
    return dataset().read_block(block_col, block_row, nBand - 1, false, data);
}

CPLErr TileBand::IWriteBlock(int block_col, int block_row, void *data)
{
    return dataset().write_block(block_col, block_row, nBand - 1, data);
}

CPLErr TileBand::IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                           int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                           GDALRasterIOExtraArg *extra)
{
    const RasterRequest request{flag,         col,           row,         width,       height,     data,
                                buffer_width, buffer_height, buffer_type, pixel_space, line_space, 0,
                                {nBand - 1},  false,         extra};
    if (flag == GF_Write)
    {
        return dataset().write(request);
    }
    if (const auto done = dataset().read_past_blocks(request))
    {
        return *done;
    }
    const TileDataset::ReadAhead ahead(dataset(), request);
    return GDALPamRasterBand::IRasterIO(flag, col, row, width, height, data, buffer_width, buffer_height, buffer_type,
                                        pixel_space, line_space, extra);
}

double TileBand::GetNoDataValue(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata ? answer(true, nodata->number(), success) : GDALPamRasterBand::GetNoDataValue(success);
}

int64_t TileBand::GetNoDataValueAsInt64(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata && eDataType == GDT_Int64 ? answer(true, nodata->as_int64(), success)
                                            : GDALPamRasterBand::GetNoDataValueAsInt64(success);
}

uint64_t TileBand::GetNoDataValueAsUInt64(int *success)
{
    const auto &nodata = pixels().nodata;
    return nodata && eDataType == GDT_UInt64 ? answer(true, nodata->as_uint64(), success)
                                             : GDALPamRasterBand::GetNoDataValueAsUInt64(success);
}

GDALColorInterp TileBand::GetColorInterpretation()
{
    if (m_description.color != GCI_Undefined)
    {
        return m_description.color;
    }
    const GDALColorInterp from_pam = GDALPamRasterBand::GetColorInterpretation();
    if (from_pam != GCI_Undefined)
    {
        return from_pam;
    }
    ask_first_tile();
    const bool only_one = poDS->GetRasterCount() == 1;
    return m_first_tile_color == GCI_Undefined && only_one ? GCI_GrayIndex : m_first_tile_color;
}

GDALColorTable *TileBand::GetColorTable()
{
    ask_first_tile();
    return m_color_table ? m_color_table.get() : GDALPamRasterBand::GetColorTable();
}

/// Only of what a palette or plain colours may be in. That no tile can be read is said when it is.
void TileBand::ask_first_tile()
{
    const TileReader &reader = dataset().reader();
    if (m_first_tile_asked || m_description.color != GCI_Undefined || reader.bands().size() > 4 ||
        (eDataType != GDT_Byte && eDataType != GDT_UInt16))
    {
        return;
    }
    m_first_tile_asked = true;
    const CPLErrorHandlerPusher quiet(CPLQuietErrorHandler);
    const CPLErrorStateBackuper unchanged;
    at_gdal_edge(CE_None,
                 [&]
                 {
                     const auto tile =
                         reader.first_tile(nBand - 1, reader.is_remote() ? kMaxTilesSoughtOnNetwork : kMaxTilesSought);
                     const auto stored_band = static_cast<std::size_t>(pixels().source_band);
                     if (tile && stored_band < tile->bands.size())
                     {
                         m_first_tile_color = tile->bands[stored_band];
                     }
                     if (const auto colors = reader.color_table(nBand - 1))
                     {
                         m_color_table = std::make_unique<GDALColorTable>();
                         for (std::size_t index = 0; index < colors->size(); ++index)
                         {
                             m_color_table->SetColorEntry(static_cast<int>(index), &(*colors)[index]);
                         }
                     }
                     return CE_None;
                 });
}

/// Nodata may also come from the .aux.xml.
bool TileBand::has_mask()
{
    const auto &bands = dataset().reader().bands();
    int has_nodata = FALSE;
    if (eDataType == GDT_Int64)
    {
        GetNoDataValueAsInt64(&has_nodata);
    }
    else if (eDataType == GDT_UInt64)
    {
        GetNoDataValueAsUInt64(&has_nodata);
    }
    else
    {
        GetNoDataValue(&has_nodata);
    }
    return !has_nodata && std::none_of(bands.begin(), bands.end(), [](const BandPixels &band) { return band.alpha; });
}

int TileBand::GetMaskFlags()
{
    if (!has_mask())
    {
        return GDALPamRasterBand::GetMaskFlags();
    }
    // Bands in tiles of their own have masks of their own.
    return dataset().reader().has_one_source() ? GMF_PER_DATASET : 0;
}

GDALRasterBand *TileBand::GetMaskBand()
{
    if (!has_mask())
    {
        return GDALPamRasterBand::GetMaskBand();
    }
    if (!m_mask)
    {
        m_mask = std::make_unique<TileMaskBand>(dataset(), *this);
    }
    return m_mask.get();
}

int TileBand::IGetDataCoverageStatus(int col, int row, int width, int height, int stop_at, double *percent)
{
    if (percent != nullptr)
    {
        *percent = -1;
    }
    constexpr int kUnknown = GDAL_DATA_COVERAGE_STATUS_UNIMPLEMENTED | GDAL_DATA_COVERAGE_STATUS_DATA;
    return at_gdal_edge(
        kUnknown,
        [&]
        {
            const RasterLevel &level = dataset().level();
            const stac::PixelWindow window{level.window.col + col, level.window.row + row, width, height};
            return coverage(window, stop_at, percent);
        });
}

int TileBand::coverage(const stac::PixelWindow &window, int stop_at, double *percent) const
{
    const TileReader &reader = dataset().reader();
    const int level = dataset().level().matrix;
    const stac::TileMatrix &matrix = reader.matrix(level);
    const stac::TileRange tiles = matrix.tiles_of(window);
    int status = 0;
    std::int64_t pixels_with_data = 0;
    std::int64_t looked_at = 0;
    for (std::int64_t tile_row = tiles.min_row; tile_row <= tiles.max_row; ++tile_row)
    {
        for (std::int64_t tile_col = tiles.min_col; tile_col <= tiles.max_col; ++tile_col)
        {
            const bool looked_enough = ++looked_at > kMaxTilesLookedAt;
            const auto exists = looked_enough ? std::nullopt : reader.exists(level, tile_row, tile_col, nBand - 1);
            status |= !exists   ? GDAL_DATA_COVERAGE_STATUS_UNIMPLEMENTED | GDAL_DATA_COVERAGE_STATUS_DATA
                      : *exists ? GDAL_DATA_COVERAGE_STATUS_DATA
                                : GDAL_DATA_COVERAGE_STATUS_EMPTY;
            if (looked_enough || (status & stop_at) != 0)
            {
                return status;
            }
            const auto part = matrix.tile_window(tile_row, tile_col).intersection(window);
            pixels_with_data += exists.value_or(false) && part ? part->width * part->height : 0;
        }
    }
    if (percent != nullptr && (status & GDAL_DATA_COVERAGE_STATUS_UNIMPLEMENTED) == 0)
    {
        *percent = 100.0 * static_cast<double>(pixels_with_data) /
                   (static_cast<double>(window.width) * static_cast<double>(window.height));
    }
    return status;
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
