# The program alone, as a user without rights. `make image` builds the static binary
# and this around it. Data are in /data.
FROM scratch
COPY --chown=65532:65532 build/image/data /data
COPY build/image/appgrant /appgrant
USER 65532:65532
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/appgrant"]
CMD ["serve", "--listen", "0.0.0.0:8080", "--data-dir", "/data"]
