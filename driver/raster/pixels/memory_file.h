// Bytes under a name that GDAL opens.
#pragma once

#include <cpl_conv.h>
#include <cpl_vsi.h>

#include <cstddef>
#include <cstdio>
#include <string>

namespace tiledir::raster
{

/// Name of a file in /vsimem/ that nothing else has while it lives; takes the file away.
class MemoryFile
{
public:
    /// No file yet.
    explicit MemoryFile(const std::string &extension)
    {
        char text[64];
        std::snprintf(text, sizeof text, "/vsimem/tiledir_%p", static_cast<void *>(this));
        m_name = extension.empty() ? text : std::string(text) + '.' + extension;
    }
    /// Of these bytes, which must live longer.
    MemoryFile(const std::string &extension, const unsigned char *data, std::size_t size)
        : MemoryFile(extension)
    {
        auto *bytes = const_cast<GByte *>(data); // GDAL opens the file to read
        VSIFCloseL(VSIFileFromMemBuffer(m_name.c_str(), bytes, size, FALSE));
    }
    ~MemoryFile() { VSIUnlink(m_name.c_str()); }
    MemoryFile(const MemoryFile &) = delete;
    MemoryFile &operator=(const MemoryFile &) = delete;

    const std::string &name() const { return m_name; }

private:
    std::string m_name;
};

} // namespace tiledir::raster
