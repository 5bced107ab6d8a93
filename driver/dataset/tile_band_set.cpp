// What users set of a band: what of it the item takes, and what stays as it is.
#include "driver/dataset/tile_band.h"
#include "driver/raster/tile/known_formats.h"
#include "driver/reading/band_colors.h"

#include <gdal_rat.h>

#include <cmath>
#include <string>

namespace tiledir::driver
{

namespace
{

std::string told_by_item(const char *what)
{
    return std::string(what) + " is the item's; open it for update to change it";
}

bool same(double one, double other)
{
    return one == other || (std::isnan(one) && std::isnan(other));
}

} // namespace

void TileBand::describe(const BandDescription &description)
{
    m_description = description;
    show_description();
}

void TileBand::show_description()
{
    const std::string before = GetDescription();
    const std::string &said = m_description.text.empty() && !before.empty() ? before : m_description.text;
    // NOLINTNEXTLINE(bugprone-parent-virtual-call): GDALPamRasterBand's would write it into the .aux.xml
    GDALMajorObject::SetDescription(said.empty() ? m_description.name.c_str() : said.c_str());
    const auto show = [this](const char *name, const std::string &value, const char *domain)
    {
        if (!value.empty())
        {
            // NOLINTNEXTLINE(bugprone-parent-virtual-call): nor is this written there
            GDALMajorObject::SetMetadataItem(name, value.c_str(), domain);
        }
    };
    show("name", m_description.name, "");
    show("common_name", m_description.common_name, "");
    show("NBITS", m_description.bits_per_sample ? std::to_string(*m_description.bits_per_sample) : "",
         "IMAGE_STRUCTURE");
}

/// Makes the overviews' bands say what this band says.
void TileBand::tell_overviews()
{
    for (const auto &overview : dataset().overviews())
    {
        static_cast<TileBand *>(overview->GetRasterBand(nBand))->describe(m_description);
    }
}

void TileBand::SetDescription(const char *text)
{
    const std::string after = text == nullptr ? "" : text;
    if (after == GetDescription())
    {
        return;
    }
    if (!dataset().is_writable() && !m_description.text.empty())
    {
        dataset().refuse(told_by_item("the band's description"));
        return;
    }
    if (dataset().is_writable())
    {
        m_description.text = after;
        dataset().change_of_band(nBand - 1).description = after;
        tell_overviews();
    }
    if (dataset().is_writable() && !after.empty())
    {
        show_description();
        return;
    }
    GDALPamRasterBand::SetDescription(after.c_str()); // an older one there would be seen where the item is silent
}

CPLErr TileBand::SetUnitType(const char *unit)
{
    const std::string after = unit == nullptr ? "" : unit;
    if (after == GetUnitType())
    {
        return CE_None;
    }
    if (!dataset().is_writable())
    {
        return m_description.unit.empty() ? GDALPamRasterBand::SetUnitType(unit)
                                          : dataset().refuse(told_by_item("the band's unit"));
    }
    m_description.unit = after;
    dataset().change_of_band(nBand - 1).unit = after;
    tell_overviews();
    // An older one there would be seen where the item is silent.
    return GDALPamRasterBand::GetUnitType()[0] == '\0' ? CE_None : GDALPamRasterBand::SetUnitType(unit);
}

CPLErr TileBand::set_number(const char *what, std::optional<double> BandDescription::*said,
                            std::optional<double> stac::BandChange::*change, double value,
                            const std::function<CPLErr()> &set_in_pam)
{
    if (m_description.*said == value)
    {
        return CE_None;
    }
    if (!std::isfinite(value))
    {
        return dataset().refuse(std::string(what) + ": should be a number that is finite");
    }
    if (!dataset().is_writable())
    {
        return m_description.*said ? dataset().refuse(told_by_item(what)) : set_in_pam();
    }
    m_description.*said = value;
    dataset().change_of_band(nBand - 1).*change = value;
    tell_overviews();
    return CE_None;
}

CPLErr TileBand::SetScale(double scale)
{
    return set_number("the band's scale", &BandDescription::scale, &stac::BandChange::scale, scale,
                      [&] { return GDALPamRasterBand::SetScale(scale); });
}

CPLErr TileBand::SetOffset(double offset)
{
    return set_number("the band's offset", &BandDescription::offset, &stac::BandChange::offset, offset,
                      [&] { return GDALPamRasterBand::SetOffset(offset); });
}

CPLErr TileBand::SetColorInterpretation(GDALColorInterp color)
{
    if (color == GetColorInterpretation())
    {
        return CE_None;
    }
    const std::string word = common_name(color);
    if (!dataset().is_writable())
    {
        return m_description.color == GCI_Undefined ? GDALPamRasterBand::SetColorInterpretation(color)
                                                    : dataset().refuse(told_by_item("the band's colour"));
    }
    if (color == GCI_AlphaBand || pixels().alpha)
    {
        return dataset().refuse("which band is alpha stays: its tiles and overviews were made with it");
    }
    if (word.empty() && raster::known_format(dataset().written_pyramid().format.driver).tells_colors)
    {
        return dataset().refuse(std::string("an item has no word for the colour ") +
                                GDALGetColorInterpretationName(color));
    }
    if (word.empty() && GDALPamRasterBand::SetColorInterpretation(color) != CE_None)
    {
        return CE_Failure;
    }
    if (!word.empty() || m_description.color != GCI_Undefined)
    {
        m_description.color = word.empty() ? GCI_Undefined : color;
        dataset().change_of_band(nBand - 1).common_name = word;
        tell_overviews();
    }
    return CE_None;
}

CPLErr TileBand::SetColorTable(GDALColorTable *table)
{
    ask_first_tile();
    if (!m_color_table)
    {
        return GDALPamRasterBand::SetColorTable(table);
    }
    return table != nullptr && table->IsSame(m_color_table.get()) != 0
               ? CE_None
               : dataset().refuse("its colour table is in every tile and stays; a copy may have another one");
}

CPLErr TileBand::refuse_nodata() const
{
    return dataset().refuse("its nodata value stays: its tiles and overviews were made with it; gdal_translate -of "
                            "TileDir -co NODATA=VALUE makes a copy with another one");
}

CPLErr TileBand::set_nodata(bool is_so, const std::function<CPLErr()> &set_in_pam) const
{
    const bool is_fixed = dataset().is_writable() || pixels().nodata.has_value();
    return is_so ? CE_None : is_fixed ? refuse_nodata() : set_in_pam();
}

CPLErr TileBand::SetNoDataValue(double nodata)
{
    int has = FALSE;
    const double before = GetNoDataValue(&has);
    return set_nodata(has != 0 && same(before, nodata), [&] { return GDALPamRasterBand::SetNoDataValue(nodata); });
}

CPLErr TileBand::SetNoDataValueAsInt64(int64_t nodata)
{
    int has = FALSE;
    const int64_t before = GetNoDataValueAsInt64(&has);
    return set_nodata(has != 0 && before == nodata, [&] { return GDALPamRasterBand::SetNoDataValueAsInt64(nodata); });
}

CPLErr TileBand::SetNoDataValueAsUInt64(uint64_t nodata)
{
    int has = FALSE;
    const uint64_t before = GetNoDataValueAsUInt64(&has);
    return set_nodata(has != 0 && before == nodata, [&] { return GDALPamRasterBand::SetNoDataValueAsUInt64(nodata); });
}

CPLErr TileBand::DeleteNoDataValue()
{
    return pixels().nodata ? refuse_nodata() : GDALPamRasterBand::DeleteNoDataValue();
}

CPLErr TileBand::SetDefaultRAT(const GDALRasterAttributeTable *table)
{
    if (table != nullptr && dataset().is_writable())
    {
        return dataset().refuse(
            "takes no raster attribute table; category names and a colour table are kept beside it");
    }
    return GDALPamRasterBand::SetDefaultRAT(table);
}

} // namespace tiledir::driver
