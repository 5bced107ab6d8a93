// One band of a directory of tiles.
#pragma once

#include "driver/dataset/tile_dataset.h"
#include "driver/store/gdal_compat.h"
#include "stac/item/tiled_assets_item.h"

#include <gdal_pam.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tiledir::driver
{

/// What a band says of itself beyond its pixels. What is absent may still come from the .aux.xml.
struct BandDescription
{
    GDALColorInterp color = GCI_Undefined;
    std::string name;
    std::string text; ///< GDAL's description; where it is empty, the one in the .aux.xml, or the name
    std::string unit;
    std::optional<double> scale;
    std::optional<double> offset;
    std::optional<stac::BandStatistics> statistics;
    std::string common_name;
    std::optional<int> bits_per_sample;
};

class TileMaskBand;

class TileBand final : public GDALPamRasterBand
{
public:
    TileBand(TileDataset &dataset, int number);
    ~TileBand() override;

    void allow_writing() { eAccess = GA_Update; }
    void describe(const BandDescription &description);
    /// Again, after the .aux.xml is read.
    void show_description();
    /// The item's statistics become metadata, in place of those of the .aux.xml.
    void tell_statistics();

    double GetNoDataValue(int *success) override;
    int64_t GetNoDataValueAsInt64(int *success) override;
    uint64_t GetNoDataValueAsUInt64(int *success) override;
    /// What the item does not tell is asked of the first tile found.
    GDALColorInterp GetColorInterpretation() override;
    GDALColorTable *GetColorTable() override;
    /// Where neither nodata nor an alpha band tells it, a mask does: data is where a tile is, and where that says so.
    int GetMaskFlags() override;
    GDALRasterBand *GetMaskBand() override;
    const char *GetUnitType() override;
    double GetScale(int *success) override;
    double GetOffset(int *success) override;

    // Of a dataset that is open for update these change the item, at FlushCache() and at the end. What the item has no
    // word for goes into the .aux.xml, as all does of one that is open read-only, unless the item says otherwise. What
    // tiles depend on (nodata, alpha, their colour tables) stays, with CE_Failure.
    void SetDescription(const char *text) override;
    CPLErr SetUnitType(const char *unit) override;
    CPLErr SetScale(double scale) override;
    CPLErr SetOffset(double offset) override;
    CPLErr SetColorInterpretation(GDALColorInterp color) override;
    CPLErr SetColorTable(GDALColorTable *table) override;
    CPLErr SetNoDataValue(double nodata) override;
    CPLErr SetNoDataValueAsInt64(int64_t nodata) override;
    CPLErr SetNoDataValueAsUInt64(uint64_t nodata) override;
    CPLErr DeleteNoDataValue() override;
    CPLErr SetDefaultRAT(const GDALRasterAttributeTable *table) override;

    int GetOverviewCount() override;
    GDALRasterBand *GetOverview(int index) override;
    /// Of a dataset that is open for update they are those of the pixels given so far, which are stored before.
    CPLErr SetStatistics(double minimum, double maximum, double mean, double deviation) override;
    /// Also Pixel_COL_ROW of the domain LocationInfo: the path of the pixel's tile, there or not.
    const char *GetMetadataItem(const char *name, const char *domain) override;

protected:
    CPLErr IReadBlock(int block_col, int block_row, void *data) override;
    CPLErr IWriteBlock(int block_col, int block_row, void *data) override;
    CPLErr IRasterIO(GDALRWFlag flag, int col, int row, int width, int height, void *data, int buffer_width,
                     int buffer_height, GDALDataType buffer_type, GSpacing pixel_space, GSpacing line_space,
                     GDALRasterIOExtraArg *extra) override;
    /// What is known without a request over a network.
    int IGetDataCoverageStatus(int col, int row, int width, int height, int stop_at, double *percent) override;

private:
    TileDataset &dataset() const { return static_cast<TileDataset &>(*poDS); }
    const BandPixels &pixels() const { return dataset().reader().bands()[nBand - 1]; }
    std::string location_info(const std::string &name) const;
    int coverage(const stac::PixelWindow &window, int stop_at, double *percent) const;
    CPLErr set_number(const char *what, std::optional<double> BandDescription::*said,
                      std::optional<double> stac::BandChange::*change, double value,
                      const std::function<CPLErr()> &set_in_pam);
    void tell_overviews();
    CPLErr set_nodata(bool is_so, const std::function<CPLErr()> &set_in_pam) const;
    CPLErr refuse_nodata() const;
    bool has_mask();
    void ask_first_tile();

    bool m_first_tile_asked = false;
    GDALColorInterp m_first_tile_color = GCI_Undefined;
    std::unique_ptr<GDALColorTable> m_color_table;
    std::unique_ptr<TileMaskBand> m_mask;
    BandDescription m_description;
    std::string m_location_info; ///< what GetMetadataItem returned last
};

} // namespace tiledir::driver
